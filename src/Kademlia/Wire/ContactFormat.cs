using System.Runtime.CompilerServices;

namespace Kademlia.Wire;

/// <summary>Contacts in bytes: a bin for each family, in each the closest first.</summary>
/// <remarks>
/// <code>
/// [ …, contacts4, contacts6, … ]
///      bin n·38   bin n·50        each contact: id 32, address 4 or 16, port 2
/// </code>
/// Read, those of IPv4 come before those of IPv6: there is no order across the two.
/// The loops are compiled once for each family, into the two public methods, so that every length in them is a constant.
/// </remarks>
internal static class ContactFormat
{
    public const int IPv4Length = NodeId.ByteLength + EndPointFormat.IPv4Length;
    public const int IPv6Length = NodeId.ByteLength + EndPointFormat.IPv6Length;

    /// <summary>The length of both bins when they are empty.</summary>
    public const int EmptyLength = 4;

    public static int LengthOf(bool isIPv4) => isIPv4 ? IPv4Length : IPv6Length;

    /// <summary>How many of the contacts, from the first, fit into so many bytes.</summary>
    public static int CountFitting(ReadOnlySpan<Contact> contacts, int room)
    {
        int most = contacts.Length * IPv6Length;
        if ((2 * MessagePackWriter.LengthOfBinary(most)) - most <= room)
        {
            return contacts.Length;
        }

        int bytes4 = 0;
        int bytes6 = 0;
        for (int i = 0; i < contacts.Length; i++)
        {
            bool isIPv4 = contacts[i].EndPoint.IsIPv4;
            bytes4 += isIPv4 ? IPv4Length : 0;
            bytes6 += isIPv4 ? 0 : IPv6Length;
            if (MessagePackWriter.LengthOfBinary(bytes4) + MessagePackWriter.LengthOfBinary(bytes6) > room)
            {
                return i;
            }
        }

        return contacts.Length;
    }

    /// <summary>Writes one contact into exactly 38 or 50 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(in Contact contact, Span<byte> destination)
    {
        contact.Id.WriteTo(destination);
        EndPointFormat.Write(contact.EndPoint, destination[NodeId.ByteLength..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref MessagePackWriter writer, ReadOnlySpan<Contact> contacts)
    {
        int count4 = 0;
        foreach (ref readonly Contact contact in contacts)
        {
            count4 += contact.EndPoint.IsIPv4 ? 1 : 0;
        }

        Write(ref writer, contacts, ofIPv4: true, count4 * IPv4Length);
        Write(ref writer, contacts, ofIPv4: false, (contacts.Length - count4) * IPv6Length);
    }

    /// <summary>Reads both bins; false when they hold more contacts than there is room for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryRead(ref MessagePackReader reader, Span<Contact> destination, out int count)
    {
        count = 0;
        return reader.TryReadBinary(out ReadOnlySpan<byte> bytes4)
            && reader.TryReadBinary(out ReadOnlySpan<byte> bytes6)
            && TryRead(bytes4, IPv4Length, destination, ref count)
            && TryRead(bytes6, IPv6Length, destination, ref count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref MessagePackWriter writer, ReadOnlySpan<Contact> contacts, bool ofIPv4, int length)
    {
        writer.WriteBinaryHeader(length);
        if (!writer.TryReserve(length, out Span<byte> bytes) || bytes.IsEmpty)
        {
            return;
        }

        int step = LengthOf(ofIPv4);
        foreach (ref readonly Contact contact in contacts)
        {
            if (contact.EndPoint.IsIPv4 == ofIPv4)
            {
                Write(contact, bytes[..step]);
                bytes = bytes[step..];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRead(ReadOnlySpan<byte> bytes, int length, Span<Contact> destination, ref int count)
    {
        if (bytes.Length % length != 0 || bytes.Length / length > destination.Length - count)
        {
            return false;
        }

        for (; !bytes.IsEmpty; bytes = bytes[length..])
        {
            ReadOnlySpan<byte> contact = bytes[..length];
            if (!EndPointFormat.TryRead(contact[NodeId.ByteLength..], out PeerEndPoint endPoint))
            {
                return false;
            }

            destination[count++] = new Contact(new NodeId(contact[..NodeId.ByteLength]), endPoint);
        }

        return true;
    }
}
