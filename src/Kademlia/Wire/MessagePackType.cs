namespace Kademlia.Wire;

/// <summary>The families of MessagePack values.</summary>
internal enum MessagePackType : byte
{
    /// <summary>The end of the bytes, a value that is cut off, or the one byte that MessagePack never uses.</summary>
    None = 0,
    Nil,
    Boolean,
    Integer,
    Float,
    String,
    Binary,
    Array,
    Map,
    Extension,
}
