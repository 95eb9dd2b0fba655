namespace Kademlia;

/// <summary>Which signature scheme a key and its signatures belong to; travels with both.</summary>
internal enum SignatureAlgorithm : byte
{
    /// <summary>No signature: content records.</summary>
    None = 0,

    /// <summary>ECDSA on P-256 with SHA-256: 64-byte keys (X then Y), 64-byte signatures (r then s, s in the lower half).</summary>
    EcdsaP256 = 1,

    /// <summary>A keyed hash of the same sizes, for simulations only: whoever knows the seed of the world can forge it.</summary>
    KeyedHash = 255,
}
