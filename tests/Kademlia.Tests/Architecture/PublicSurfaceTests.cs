using System.Runtime.CompilerServices;

namespace Kademlia.Tests.Architecture;

public class PublicSurfaceTests
{
    private const string Acceptance = "KADEMLIA_ACCEPT_SURFACE";

    [Fact]
    public void The_public_surface_is_the_one_that_was_reviewed()
    {
        string[] actual = [.. PublicSurface.Of(typeof(NodeId).Assembly)];
        string file = SnapshotPath();
        if (Environment.GetEnvironmentVariable(Acceptance) == "1")
        {
            File.WriteAllText(file, string.Concat(actual.Select(line => line + "\n")));
        }

        string[] reviewed = File.ReadAllLines(file);
        Assert.True(actual.SequenceEqual(reviewed), Difference(reviewed, actual));
    }

    [Fact]
    public void Of_AnotherAssembly_IsAnotherSurface() =>
        Assert.Contains(PublicSurface.Of(typeof(FactAttribute).Assembly), line => line == "class Xunit.FactAttribute : Attribute, IFactAttribute");

    [Fact]
    public void Difference_ALineAddedAndAnotherRemoved_NamesBothUnderTheirType() => Assert.Equal(
        ["  class A", "-     int Old { get; }", "+     int New { get; }"],
        Changes(["class A", "    int Old { get; }", "class B"], ["class A", "    int New { get; }", "class B"]));

    private static string Difference(string[] reviewed, string[] actual) => string.Join(
        Environment.NewLine,
        [
            "The public surface has changed:",
            .. Changes(reviewed, actual),
            $"If that is meant, run this test once with {Acceptance}=1 and commit PublicSurface.txt with the change.",
        ]);

    /// <summary>Removed and added lines, each under the header of its type.</summary>
    private static IEnumerable<string> Changes(string[] reviewed, string[] actual)
    {
        ILookup<string, string> before = ByType(reviewed);
        ILookup<string, string> after = ByType(actual);
        return before.Select(lines => lines.Key).Union(after.Select(lines => lines.Key))
            .Where(type => !before[type].SequenceEqual(after[type]))
            .SelectMany(type => before[type].Except(after[type]).Select(line => "- " + line)
                .Concat(after[type].Except(before[type]).Select(line => "+ " + line))
                .Prepend(before.Contains(type) && after.Contains(type) ? "  " + type : ""));
    }

    private static ILookup<string, string> ByType(string[] lines)
    {
        string type = "";
        return lines.Select(line => (Type: type = line.StartsWith(' ') ? type : line, line)).ToLookup(pair => pair.Type, pair => pair.line);
    }

    private static string SnapshotPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "PublicSurface.txt");
}
