namespace Kademlia.Content;

/// <summary>An element that is to be fetched, and the hash that it must have. Each is one object, whoever is asked for it.</summary>
internal sealed class BlockWork(int level, long element, ReadOnlyMemory<byte> hash)
{
    public int Level => level;

    public long Element => element;

    public ReadOnlyMemory<byte> Hash => hash;
}
