using Kademlia.Wire;

namespace Kademlia.Content;

/// <summary>What content is: its length, and the root of the hashes over it. Its own hash is the content's key (PROTOCOL.md, 9.6).</summary>
/// <remarks>
/// <code>
/// [ "kademlia blocks", length, root ]
///   str 15             uint    bin 32
/// </code>
/// </remarks>
internal sealed record Manifest(BlockShape Shape, ReadOnlyMemory<byte> Root)
{
    private const int ElementCount = 3;
    private const int MaxLength = 64;
    private const string ProviderPrefix = "kademlia/blocks/";

    private static ReadOnlySpan<byte> Label => "kademlia blocks"u8;

    public byte[] Write()
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        MessagePackWriter writer = new(bytes);
        writer.WriteArrayHeader(ElementCount);
        writer.WriteString(Label);
        writer.WriteInt64(Shape.Length);
        writer.WriteBinary(Root.Span);
        return bytes[..writer.Position].ToArray();
    }

    /// <summary>Reads a manifest; null when the value is something else. Only the one form that <see cref="Write"/> gives is one, so that content has one key.</summary>
    public static Manifest? TryRead(ReadOnlySpan<byte> value)
    {
        MessagePackReader reader = new(value);
        if (!reader.TryReadArrayHeader(out int count)
            || count != ElementCount
            || !reader.TryReadString(out ReadOnlySpan<byte> label)
            || !label.SequenceEqual(Label)
            || !reader.TryReadInt64(out long length)
            || length is < 0 or >= BlockShape.MaxLength
            || !reader.TryReadBinary(BlockShape.HashLength, out ReadOnlySpan<byte> root))
        {
            return null;
        }

        Manifest manifest = new(new BlockShape(length), root.ToArray());
        return value.SequenceEqual(manifest.Write()) ? manifest : null;
    }

    /// <summary>The name under which providers of content announce themselves.</summary>
    public static string ProvidersOf(RecordKey key)
    {
        byte[] hash = new byte[NodeId.ByteLength];
        key.Hash.WriteTo(hash);
        return ProviderPrefix + System.Buffers.Text.Base64Url.EncodeToString(hash);
    }
}
