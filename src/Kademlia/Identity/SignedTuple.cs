using System.Buffers.Binary;

namespace Kademlia.Identity;

/// <summary>Writes what is signed: each field behind its length in 4 bytes, big-endian, so that no two tuples have the same bytes (PROTOCOL.md, 6.1).</summary>
internal ref struct SignedTuple(Span<byte> destination)
{
    public const int PrefixLength = sizeof(uint);

    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    public void Add(scoped ReadOnlySpan<byte> field)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_destination[Length..], (uint)field.Length);
        field.CopyTo(_destination[(Length + PrefixLength)..]);
        Length += PrefixLength + field.Length;
    }

    public void Add(byte value) => Add([value]);

    public void Add(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Add(bytes);
    }

    public void Add(NodeId id)
    {
        Span<byte> bytes = stackalloc byte[NodeId.ByteLength];
        id.WriteTo(bytes);
        Add(bytes);
    }
}
