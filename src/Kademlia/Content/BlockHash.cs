using System.Security.Cryptography;

namespace Kademlia.Content;

/// <summary>How elements of the tree are hashed: blocks and hashes of hashes can never be taken for each other.</summary>
internal static class BlockHash
{
    /// <summary>The hash of an element at a level.</summary>
    public static byte[] Of(int level, ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)(level == 0 ? 0 : 1)]);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }
}
