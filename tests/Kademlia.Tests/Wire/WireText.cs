namespace Kademlia.Tests.Wire;

/// <summary>Bytes as they are written in PROTOCOL.md and in the vectors, and where those files are.</summary>
internal static class WireText
{
    /// <summary>Reads hexadecimal digits with spaces between; <c>00*67</c> is 67 times the byte 00, and what follows # is comment.</summary>
    public static byte[] ParseHex(string text)
    {
        List<byte> bytes = [];
        foreach (string line in text.Split('\n'))
        {
            foreach (string part in line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] run = part.Split('*');
                byte[] once = Convert.FromHexString(run[0]);
                int times = run.Length == 1 ? 1 : int.Parse(run[1], System.Globalization.CultureInfo.InvariantCulture);
                bytes.AddRange(Enumerable.Repeat(once, times).SelectMany(b => b));
            }
        }

        return [.. bytes];
    }

    /// <summary>Reads a file of the repository, by its path from the root.</summary>
    public static string[] ReadRepositoryFile(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kademlia.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return File.ReadAllLines(Path.Combine(folder.FullName, path));
    }
}
