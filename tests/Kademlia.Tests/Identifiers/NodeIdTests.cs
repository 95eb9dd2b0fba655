using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

public class NodeIdTests
{
    private const string Text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static readonly NodeId Counting =
        new(0x0001020304050607, 0x08090a0b0c0d0e0f, 0x1011121314151617, 0x18191a1b1c1d1e1f);

    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameId() => Prop.ForAll(
        Generators.NodeIds.ToArbitrary(),
        id => NodeId.Parse(id.ToString()) == id && NodeId.Parse(id.ToString().ToUpperInvariant()) == id)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void NodeId_OfItsOwnBytes_IsTheSameId() =>
        Prop.ForAll(Generators.NodeIds.ToArbitrary(), id => new NodeId(id.ToByteArray()) == id).QuickCheckThrowOnFailure();

    [Fact]
    public void ToString_CountingBytes_ShowsTheFirstByteFirst()
    {
        Assert.Equal(Text, Counting.ToString());
        Assert.Equal(Counting, NodeId.Parse(Text));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), Counting.ToByteArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0")]
    [InlineData("g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData(" 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\0")]
    public void Parse_SomethingElse_SaysWhatAnIdIs(string text)
    {
        Assert.False(NodeId.TryParse(text, out NodeId id));
        Assert.Equal(default, id);
        Assert.Contains("64 hexadecimal digits", Assert.Throws<FormatException>(() => NodeId.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(),
        text => !NodeId.TryParse(text, out NodeId id) || id.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_ThroughTheInterfacesOfThePlatform_IsTheSameId()
    {
        Assert.Equal(Counting, Parse<NodeId>(Text));
        Assert.False(TryParse(null, out NodeId _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void NodeId_OfTooFewOrTooManyBytes_IsRefused(int length) =>
        Assert.Throws<ArgumentException>(() => new NodeId(new byte[length]));

    [Fact]
    public void WriteTo_AShorterDestination_IsRefusedAndNothingWritten()
    {
        byte[] destination = new byte[31];
        Assert.Throws<ArgumentOutOfRangeException>(() => Counting.WriteTo(destination));
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Random_OfOneSeed_IsTheSameId() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        seed => NodeId.Random(new Random(seed)) == NodeId.Random(new Random(seed))
            && NodeId.Random(new Random(seed)) != NodeId.Random(new Random(seed + 1)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void GetHashCode_OfEqualIds_IsEqual() => Prop.ForAll(
        Generators.NodeIds.ToArbitrary(), id => new NodeId(id.ToByteArray()).GetHashCode() == id.GetHashCode())
        .QuickCheckThrowOnFailure();

    [Fact]
    public void LeadingZeroCount_OfAnId_IsThatOfItsNumber()
    {
        Assert.Equal(256, default(NodeId).LeadingZeroCount);
        Assert.Equal(15, Counting.LeadingZeroCount);
        Assert.Equal(255, new NodeId(0, 0, 0, 1).LeadingZeroCount);
        Assert.Equal(0, Generators.FourBits(0b1000).LeadingZeroCount);
    }

    [Fact]
    public void ToString_OfADistance_Is64Digits() => Assert.Equal(Text, (Counting ^ default(NodeId)).ToString());

    [Fact]
    public void ToString_OfAContact_IsItsEndPointAndId() => Assert.Equal(
        $"192.0.2.1:7411 id {Text}", new Contact(Counting, PeerEndPoint.Parse("192.0.2.1:7411")).ToString());

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, null);

    private static bool TryParse<T>(string? text, out T? value)
        where T : IParsable<T> => T.TryParse(text, null, out value);
}
