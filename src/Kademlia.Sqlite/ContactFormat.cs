using Kademlia.Wire;

namespace Kademlia.Sqlite;

/// <summary>A contact in the bytes of a row: its id and its endpoint as they travel, and <see cref="Checked"/>.</summary>
internal static class ContactFormat
{
    public static byte[] Write(Contact contact)
    {
        byte[] row = new byte[NodeId.ByteLength + EndPointFormat.LengthOf(contact.EndPoint) + Checked.Overhead];
        contact.Id.WriteTo(row);
        EndPointFormat.Write(contact.EndPoint, row.AsSpan(NodeId.ByteLength..^Checked.Overhead));
        Checked.Seal(row);
        return row;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when the bytes are anything else.</summary>
    public static Contact? Read(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> bytes = Checked.Open(row);
        return bytes.Length > NodeId.ByteLength && EndPointFormat.TryRead(bytes[NodeId.ByteLength..], out PeerEndPoint endPoint)
            ? new Contact(new NodeId(bytes[..NodeId.ByteLength]), endPoint)
            : null;
    }
}
