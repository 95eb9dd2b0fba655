using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Tests.Identity;

namespace Kademlia.Tests.Node;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("node.state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhatWasSaved_IsTheSame() => Prop.ForAll(Generators.Contacts.ListOf().ToArbitrary(), contacts =>
    {
        StateFile.Save(Path, [.. contacts]);
        Assert.Equal(contacts, StateFile.Load(Path));
        Assert.Single(_folder.Files);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Load_NoFile_IsNone() => Assert.Empty(StateFile.Load(Path));

    [Fact]
    public void Load_AnyTruncation_IsTheSameOrTold()
    {
        byte[] whole = SaveThree(out Contact[] contacts);
        for (int length = 0; length < whole.Length; length++)
        {
            AssertSameOrTold(whole[..length], contacts);
        }
    }

    [Fact]
    public void Load_AnyFlippedBit_IsTheSameOrTold()
    {
        byte[] whole = SaveThree(out Contact[] contacts);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertSameOrTold(flipped, contacts);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("kademlia state 1")]
    [InlineData("kademlia state 1\nkademlia state 1")]
    [InlineData("kademlia state 1\nend 0")]
    [InlineData("end 0\nkademlia state 1")]
    public void Load_NotAStateFile_IsTold(string text)
    {
        File.WriteAllText(Path, text);
        KademliaException told = Assert.Throws<KademliaException>(() => StateFile.Load(Path));
        Assert.Contains(Path, told.Message, StringComparison.Ordinal);
        Assert.Contains("delete", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HugeFile_IsToldWithoutReadingAllOfIt()
    {
        File.WriteAllLines(Path, Enumerable.Repeat("kademlia state 1", 30_000));
        Assert.Contains("too long", Assert.Throws<KademliaException>(() => StateFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OverAnOlderFile_ReplacesIt()
    {
        SaveThree(out Contact[] contacts);
        StateFile.Save(Path, contacts[..1]);
        Assert.Equal(contacts[..1], StateFile.Load(Path));
    }

    [Fact]
    public void Load_AfterACrashAtAnyPointOfASave_IsWhatWasSavedBefore()
    {
        byte[] whole = SaveThree(out Contact[] contacts);
        StateFile.Save(Path, contacts[..1]);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes($"{Path}.new", whole[..length]);
            Assert.Equal(contacts[..1], StateFile.Load(Path));
        }

        StateFile.Save(Path, contacts);
        Assert.Equal(contacts, StateFile.Load(Path));
        Assert.Single(_folder.Files);
    }

    private byte[] SaveThree(out Contact[] contacts)
    {
        Random random = new(1);
        contacts =
        [
            new(NodeId.Random(random), PeerEndPoint.Parse("192.0.2.1:7411")),
            new(NodeId.Random(random), PeerEndPoint.Parse("[2001:db8::1]:1")),
            new(NodeId.Random(random), PeerEndPoint.Parse("127.0.0.1:65535")),
        ];
        StateFile.Save(Path, contacts);
        return File.ReadAllBytes(Path);
    }

    private void AssertSameOrTold(byte[] bytes, Contact[] contacts)
    {
        File.WriteAllBytes(Path, bytes);
        try
        {
            Assert.Equal(contacts, StateFile.Load(Path));
        }
        catch (KademliaException)
        {
            // Told, as it should be.
        }
        catch (Exception failure)
        {
            Assert.Fail($"{failure} for: {Encoding.UTF8.GetString(bytes)}");
        }
    }
}
