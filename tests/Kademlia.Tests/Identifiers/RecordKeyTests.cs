using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

public class RecordKeyTests
{
    private const string Digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static readonly byte[] PublicKey = [.. Enumerable.Range(0, NodeIdentity.PublicKeyLength).Select(i => (byte)i)];

    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameKey() => Prop.ForAll(
        Generators.RecordKeys.ToArbitrary(), key => RecordKey.Parse(key.ToString()) == key)
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("content:" + Digits, RecordKind.Content)]
    [InlineData("owner:" + Digits, RecordKind.Owner)]
    [InlineData("open:" + Digits, RecordKind.Open)]
    public void Parse_EachTextForm_HasItsKind(string text, RecordKind kind)
    {
        Assert.Equal(new RecordKey(kind, NodeId.Parse(Digits)), RecordKey.Parse(text));
        Assert.Equal(text, RecordKey.Parse(text).ToString());
    }

    [Theory]
    [InlineData("name:a")]
    [InlineData("name:a:b")]
    [InlineData("name: ")]
    [InlineData("name:€")]
    public void Parse_AName_IsItsOpenKey(string text) => Assert.Equal(RecordKey.ForName(text[5..]), RecordKey.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("name")]
    [InlineData("name:")]
    [InlineData("Name:a")]
    [InlineData(Digits)]
    [InlineData(":" + Digits)]
    [InlineData("other:" + Digits)]
    [InlineData("content:")]
    [InlineData("content:00")]
    [InlineData("Content:" + Digits)]
    [InlineData("content: " + Digits)]
    [InlineData("content:" + Digits + "00")]
    [InlineData("name:" + Digits + "0")]
    public void Parse_SomethingElse_SaysHowAKeyIsWritten(string text)
    {
        Assert.False(RecordKey.TryParse(text, out RecordKey key));
        Assert.Equal(default, key);
        Assert.Contains("content:HEX", Assert.Throws<FormatException>(() => RecordKey.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Prop.ForAll(
        (from form in Gen.Elements("name:", "content:", "owner:", "open:", "")
         from text in ArbMap.Default.GeneratorFor<string?>()
         select form + text).ToArbitrary(),
        text => !RecordKey.TryParse(text, out RecordKey key) || RecordKey.Parse(key.ToString()) == key)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_ThroughTheInterfacesOfThePlatform_IsTheSameKey()
    {
        Assert.Equal(RecordKey.ForName("a"), Parse<RecordKey>("name:a"));
        Assert.False(TryParse(null, out RecordKey _));
    }

    [Fact]
    public void ForContent_AValue_HashesTheKindFirst() => AssertHash(RecordKey.ForContent("abc"u8), [1, .. "abc"u8]);

    [Fact]
    public void ForName_AName_HashesTheKindFirst() => AssertHash(RecordKey.ForName("abc"), [3, .. "abc"u8]);

    [Fact]
    public void ForOwner_AKeyAndAName_HashesKindAndAlgorithmFirst() =>
        AssertHash(RecordKey.ForOwner(PublicKey, "abc"), [2, 1, .. PublicKey, .. "abc"u8]);

    [Fact]
    public void For_EqualBytesOfDifferentKinds_AreDifferentKeys() => Prop.ForAll(
        Generators.ByteStrings(RecordKey.MaxNameLength).ToArbitrary(),
        bytes => RecordKey.ForContent(bytes).Hash != RecordKey.ForName(bytes).Hash)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void ForName_TheLongestNameAndOneLonger_AreTakenAndRefused()
    {
        string longest = string.Concat(Enumerable.Repeat("€", 21)) + "a";
        Assert.Equal(RecordKey.MaxNameLength, Encoding.UTF8.GetByteCount(longest));
        Assert.Equal(RecordKey.ForName(longest), RecordKey.Parse("name:" + longest));
        Assert.Equal(RecordKind.Owner, RecordKey.ForOwner(PublicKey, longest).Kind);
        Assert.Throws<ArgumentException>(() => RecordKey.ForName(longest + "b"));
        Assert.Throws<ArgumentException>(() => RecordKey.ForOwner(PublicKey, longest + "b"));
    }

    [Fact]
    public void ForName_HalfACharacter_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => RecordKey.ForName("\ud800"));
        Assert.False(RecordKey.TryParse("name:\ud800", out RecordKey _));
    }

    [Fact]
    public void ForOwner_APublicKeyOfAnotherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => RecordKey.ForOwner(PublicKey.AsSpan(1)));

    [Fact]
    public void Default_IsNoKey() => Assert.Equal("none", default(RecordKey).ToString());

    private static void AssertHash(RecordKey key, byte[] preimage) =>
        Assert.Equal(new NodeId(SHA256.HashData(preimage)), key.Hash);

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, null);

    private static bool TryParse<T>(string? text, out T? value)
        where T : IParsable<T> => T.TryParse(text, null, out value);
}
