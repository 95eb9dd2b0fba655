using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kademlia;

/// <summary>Keeps a node's contacts between runs, as lines of text.</summary>
/// <remarks>
/// A header, a line for each contact (<c>192.0.2.1:7411 HEX</c>), and a last line with their number and a hash of all that is
/// above it, so that half a file, or an altered one, is known for one. Written beside and moved over, so that a crash leaves the
/// old file. What is read is hearsay: each contact is asked before it enters a table.
/// </remarks>
internal static class StateFile
{
    /// <summary>More contacts than any table has.</summary>
    private const int MaxContacts = 20_000;

    private const string Header = "kademlia state 1";
    private const int HashLength = 8;

    /// <summary>Reads the contacts; none when the file does not exist.</summary>
    /// <exception cref="KademliaException">The file is not a state file, is cut short, or cannot be read.</exception>
    public static IReadOnlyList<Contact> Load(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        string[] lines = ReadLines(path);
        return lines.Length < 2 || lines[0] != Header || lines[^1] != Footer(lines.AsSpan(0, lines.Length - 1))
            ? throw Malformed(path, "it was cut short or altered")
            : [.. lines[1..^1].Select((line, i) => TryParse(line, out Contact contact)
                ? contact
                : throw Malformed(path, $"line {i + 2} is not a contact"))];
    }

    /// <summary>Writes the contacts over the file.</summary>
    public static void Save(string path, IReadOnlyCollection<Contact> contacts)
    {
        string[] lines = [Header, .. contacts.Select(c => $"{c.EndPoint} {c.Id}")];
        string beside = $"{path}.new";
        Write(beside, [.. lines, Footer(lines)]);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Writes lines and waits until they are on the disk: the name must not be there before the bytes.</summary>
    private static void Write(string path, string[] lines)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        using StreamWriter writer = new(stream);
        Array.ForEach(lines, writer.WriteLine);
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            string[] lines = [.. File.ReadLines(path).Take(MaxContacts + 3)];
            return lines.Length <= MaxContacts + 2 ? lines : throw Malformed(path, "it is too long");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KademliaException($"The state file {path} cannot be read: {e.Message}", e);
        }
    }

    private static string Footer(ReadOnlySpan<string> lines)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return string.Create(CultureInfo.InvariantCulture, $"end {lines.Length - 1} {Convert.ToHexStringLower(hash.AsSpan(0, HashLength))}");
    }

    private static bool TryParse(string line, out Contact contact)
    {
        contact = default;
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0
            || !PeerEndPoint.TryParse(line.AsSpan(0, space), null, out PeerEndPoint endPoint)
            || !NodeId.TryParse(line.AsSpan(space + 1), null, out NodeId id))
        {
            return false;
        }

        contact = new Contact(id, endPoint);
        return true;
    }

    private static KademliaException Malformed(string path, string why) => new(
        $"The state file {path} is not one that a node wrote: {why}. "
        + "Name another file, or delete this one: the node then joins through its bootstrap nodes alone.");
}
