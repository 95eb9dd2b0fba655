using System.Runtime.CompilerServices;

namespace Kademlia.Tests.Architecture;

public class QuickstartTests
{
    private const string Fence = "```";

    [Fact]
    public void The_code_in_the_README_is_the_Quickstart_sample_word_for_word()
    {
        string root = RepositoryRoot();
        string sample = File.ReadAllText(Path.Combine(root, "samples", "Quickstart", "Program.cs"));
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        Assert.Equal(sample.ReplaceLineEndings("\n").TrimEnd('\n'), FirstBlockOfCSharp(readme.ReplaceLineEndings("\n")));
    }

    private static string FirstBlockOfCSharp(string markdown)
    {
        string opening = $"\n{Fence}csharp\n";
        int start = markdown.IndexOf(opening, StringComparison.Ordinal);
        Assert.True(start >= 0, $"README.md has no block that opens with {opening.Trim()}.");
        start += opening.Length;
        return markdown[start..markdown.IndexOf($"\n{Fence}", start, StringComparison.Ordinal)];
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
