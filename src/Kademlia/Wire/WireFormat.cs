namespace Kademlia.Wire;

/// <summary>What all messages have in common: ids, bounded numbers, and elements from a later time.</summary>
internal static class WireFormat
{
    public static void WriteId(ref MessagePackWriter writer, NodeId id)
    {
        writer.WriteBinaryHeader(NodeId.ByteLength);
        if (writer.TryReserve(NodeId.ByteLength, out Span<byte> bytes))
        {
            id.WriteTo(bytes);
        }
    }

    public static bool TryReadId(ref MessagePackReader reader, out NodeId id)
    {
        bool valid = reader.TryReadBinary(NodeId.ByteLength, out ReadOnlySpan<byte> bytes);
        id = valid ? new NodeId(bytes) : default;
        return valid;
    }

    /// <summary>Reads a number from 0 to <paramref name="max"/>.</summary>
    public static bool TryReadNumber(ref MessagePackReader reader, long max, out long value) =>
        reader.TryReadInt64(out value) && value >= 0 && value <= max;

    /// <summary>Enters an array of at least so many elements; <paramref name="unknown"/> is how many more there are.</summary>
    public static bool TryEnter(ref MessagePackReader reader, int elements, out int unknown)
    {
        bool valid = reader.TryReadArrayHeader(out int count) && count >= elements;
        unknown = count - elements;
        return valid;
    }

    /// <summary>Passes over the elements that a later version of this protocol may have added.</summary>
    public static bool TrySkip(ref MessagePackReader reader, int count, int outerDepth = 0)
    {
        while (count > 0 && reader.TrySkip(outerDepth))
        {
            count--;
        }

        return count == 0;
    }
}
