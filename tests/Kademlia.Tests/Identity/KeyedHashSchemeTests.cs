using Kademlia.Identity;

namespace Kademlia.Tests.Identity;

public class KeyedHashSchemeTests : SignatureSchemeContract
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    [Fact]
    public void The_same_seed_makes_the_same_identities_and_signatures()
    {
        KeyedHashScheme left = new(new Random(7));
        KeyedHashScheme right = new(new Random(7));
        for (int i = 0; i < 3; i++)
        {
            using NodeIdentity one = left.CreateIdentity();
            using NodeIdentity other = right.CreateIdentity();
            Assert.Equal(one.Id, other.Id);
            Assert.Equal(one.Sign(Data), other.Sign(Data));
        }
    }

    [Fact]
    public void One_world_does_not_believe_another()
    {
        using NodeIdentity stranger = new KeyedHashScheme(new Random(1)).CreateIdentity();
        Assert.False(new KeyedHashScheme(new Random(2)).Verify(stranger.PublicKey.Span, Data, stranger.Sign(Data)));
    }

    [Fact]
    public void An_identity_of_a_simulation_cannot_be_saved()
    {
        using NodeIdentity identity = CreateScheme().CreateIdentity();
        using TemporaryFolder folder = new();
        Assert.Throws<NotSupportedException>(() => identity.Save(folder.File("node.pem")));
        Assert.Empty(folder.Files);
    }

    private protected override SignatureScheme CreateScheme() => new KeyedHashScheme(new Random(1));
}
