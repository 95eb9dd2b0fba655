namespace Kademlia.Identity;

/// <summary>How this network's nodes sign: the seam between real cryptography and the simulation's.</summary>
/// <remarks>
/// Keys have <see cref="NodeIdentity.PublicKeyLength"/> bytes and signatures <see cref="NodeIdentity.SignatureLength"/> in every scheme,
/// so that messages have the same sizes in simulation. Verifying is safe from any thread.
/// </remarks>
internal abstract class SignatureScheme
{
    /// <summary>What goes with every key and signature of the scheme.</summary>
    public abstract SignatureAlgorithm Algorithm { get; }

    /// <summary>Makes a key pair.</summary>
    public abstract SigningKey CreateKey();

    /// <summary>Whether a signature is a key's over some data. Any bytes of any length are answered, none by an exception.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Makes key pairs until the id of one meets the difficulty: 2 to its power of them on average.</summary>
    public NodeIdentity CreateIdentity(int idDifficulty = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(idDifficulty);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(idDifficulty, NodeIdentity.MaxIdDifficulty);
        while (true)
        {
            NodeIdentity identity = new(CreateKey());
            if (NodeIdentity.MeetsDifficulty(identity.Id, idDifficulty))
            {
                return identity;
            }

            identity.Dispose();
        }
    }
}
