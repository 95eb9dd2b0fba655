namespace Kademlia.Wire;

/// <summary>The value of an open record that says where its writer provides something (PROTOCOL.md, 7.7).</summary>
/// <remarks>
/// <code>
/// [ "kademlia provider", [ endpoint, … ], … ]
///   str 17                 1 to 8 bins of 6 or 18
/// </code>
/// An open key is anybody's, so a value of another form is no error: it is not an announcement.
/// </remarks>
internal static class AnnouncementFormat
{
    /// <summary>So many endpoints fit an announcement.</summary>
    public const int MaxEndPoints = 8;

    private const int ElementCount = 2;
    private const int MaxLength = 256;

    private static ReadOnlySpan<byte> Label => "kademlia provider"u8;

    /// <summary>Writes an announcement of 1 to <see cref="MaxEndPoints"/> endpoints, the preferred one first.</summary>
    public static byte[] Write(IReadOnlyList<PeerEndPoint> endPoints)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(ElementCount);
        writer.WriteString(Label);
        writer.WriteArrayHeader(endPoints.Count);
        foreach (PeerEndPoint endPoint in endPoints)
        {
            EndPointFormat.Write(ref writer, endPoint);
        }

        return bytes[..writer.Position].ToArray();
    }

    /// <summary>Reads an announcement; false when the value is something else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out PeerEndPoint[] endPoints)
    {
        endPoints = [];
        MessagePackReader reader = new(value);
        return WireFormat.TryEnter(ref reader, ElementCount, out int unknown)
            && reader.TryReadString(out ReadOnlySpan<byte> label)
            && label.SequenceEqual(Label)
            && TryReadEndPoints(ref reader, out endPoints)
            && WireFormat.TrySkip(ref reader, unknown)
            && reader.IsAtEnd;
    }

    private static bool TryReadEndPoints(ref MessagePackReader reader, out PeerEndPoint[] endPoints)
    {
        bool valid = reader.TryReadArrayHeader(out int count) && count is > 0 and <= MaxEndPoints;
        endPoints = valid ? new PeerEndPoint[count] : [];
        for (int i = 0; i < endPoints.Length && valid; i++)
        {
            valid = EndPointFormat.TryRead(ref reader, out endPoints[i]) && endPoints[i].Scope != AddressScope.Unusable;
        }

        return valid;
    }
}
