using System.Globalization;

namespace Kademlia;

/// <summary>Keeps a node's contacts between runs, as lines of text.</summary>
/// <remarks>
/// A header, a line for each contact (<c>192.0.2.1:7411 HEX</c>), and a last line that counts them, so that half a file is known
/// for one. Written beside and moved over, so that a crash leaves the old file. What is read is hearsay: each contact is asked
/// before it enters a table.
/// </remarks>
internal static class StateFile
{
    /// <summary>More contacts than any table has.</summary>
    private const int MaxContacts = 20_000;

    private const string Header = "kademlia state 1";

    /// <summary>Reads the contacts; none when the file does not exist.</summary>
    /// <exception cref="KademliaException">The file is not a state file, is cut short, or cannot be read.</exception>
    public static IReadOnlyList<Contact> Load(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        string[] lines = ReadLines(path);
        List<Contact> contacts = [];
        for (int i = 1; i < lines.Length - 1; i++)
        {
            contacts.Add(TryParse(lines[i], out Contact contact) ? contact : throw Malformed(path, $"line {i + 1} is not a contact"));
        }

        return lines.Length < 2 || lines[0] != Header || lines[^1] != Footer(contacts.Count)
            ? throw Malformed(path, "it lacks its first or last line")
            : contacts;
    }

    /// <summary>Writes the contacts over the file.</summary>
    public static void Save(string path, IReadOnlyCollection<Contact> contacts)
    {
        string beside = $"{path}.new";
        File.WriteAllLines(beside, [Header, .. contacts.Select(c => $"{c.EndPoint} {c.Id}"), Footer(contacts.Count)]);
        File.Move(beside, path, overwrite: true);
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

    private static string Footer(int count) => string.Create(CultureInfo.InvariantCulture, $"end {count}");

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
