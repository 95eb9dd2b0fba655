using System.Buffers.Binary;
using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Marks stand for contacts that a reply can do without. PROTOCOL.md, section 4.3.</summary>
/// <remarks>They are keyed with the request's transaction: whom a mark hides by chance in one reply the next one names, and nobody can choose an id for it.</remarks>
internal static class ContactMarks
{
    /// <summary>Writes the marks of contacts, one behind the other.</summary>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<Contact> contacts, ulong transaction, Span<byte> destination)
    {
        for (int i = 0; i < contacts.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[(i * FindNodeRequest.MarkLength)..], MarkOf(contacts[i], transaction));
        }

        return destination[..(contacts.Length * FindNodeRequest.MarkLength)];
    }

    /// <summary>Moves the contacts that have none of the marks to the front, in their order.</summary>
    /// <returns>How many they are.</returns>
    public static int LeaveOut(ReadOnlySpan<byte> marks, ulong transaction, Span<Contact> contacts)
    {
        int kept = 0;
        foreach (Contact contact in contacts)
        {
            if (!Contains(marks, MarkOf(contact, transaction)))
            {
                contacts[kept++] = contact;
            }
        }

        return kept;
    }

    private static bool Contains(ReadOnlySpan<byte> marks, ushort mark)
    {
        while (!marks.IsEmpty && BinaryPrimitives.ReadUInt16BigEndian(marks) != mark)
        {
            marks = marks[FindNodeRequest.MarkLength..];
        }

        return !marks.IsEmpty;
    }

    private static ushort MarkOf(in Contact contact, ulong transaction)
    {
        Span<byte> bytes = stackalloc byte[ContactFormat.IPv6Length];
        bytes = bytes[..ContactFormat.LengthOf(contact.EndPoint.IsIPv4)];
        ContactFormat.Write(contact, bytes);
        return (ushort)SipHash.Hash(transaction, bytes);
    }
}
