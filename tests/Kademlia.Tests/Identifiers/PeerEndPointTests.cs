using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

public class PeerEndPointTests
{
    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameEndPoint() => Prop.ForAll(
        Generators.EndPoints.ToArbitrary(), endPoint => PeerEndPoint.Parse(endPoint.ToString()) == endPoint)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void ToIPEndPoint_ThereAndBack_IsTheSameEndPoint() => Prop.ForAll(
        Generators.EndPoints.ToArbitrary(),
        endPoint => (PeerEndPoint)endPoint.ToIPEndPoint() == endPoint
            && endPoint.ToIPEndPoint().ToString() == endPoint.ToString()
            && endPoint.Address.AddressFamily == endPoint.AddressFamily)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void WriteAddress_ReadAgain_IsTheSameEndPoint() => Prop.ForAll(Generators.EndPoints.ToArbitrary(), endPoint =>
    {
        byte[] bytes = new byte[16];
        int length = endPoint.WriteAddress(bytes);
        return length == (endPoint.IsIPv4 ? 4 : 16)
            && new PeerEndPoint(bytes.AsSpan(0, length), (ushort)endPoint.Port) == endPoint;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void PeerEndPoint_OfAMappedAddress_IsTheIPv4One() => Prop.ForAll(Generators.PublicIPv4EndPoints.ToArbitrary(), plain =>
    {
        PeerEndPoint mapped = new(plain.Address.MapToIPv6(), plain.Port);
        return mapped == plain && mapped.GetHashCode() == plain.GetHashCode() && mapped.IsIPv4 && mapped.ToString() == plain.ToString();
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("192.0.2.1:7411", "192.0.2.1:7411")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("[2001:db8::1]:7411", "[2001:db8::1]:7411")]
    [InlineData("[2001:DB8:0:0:0:0:0:1]:7411", "[2001:db8::1]:7411")]
    [InlineData("[::]:0", "[::]:0")]
    [InlineData("[::ffff:192.0.2.1]:80", "192.0.2.1:80")]
    [InlineData("[::1:ffff:c000:201]:80", "[::1:ffff:c000:201]:80")]
    [InlineData("[fe80::1%3]:80", "[fe80::1]:80")]
    public void Parse_AnEndPoint_HasOneForm(string text, string form) => Assert.Equal(form, PeerEndPoint.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":80")]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1:")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("192.0.2.1:-1")]
    [InlineData("192.0.2.1:+1")]
    [InlineData("192.0.2.1: 1")]
    [InlineData("192.0.2.1:1 ")]
    [InlineData("192.0.2.1:80\0")]
    [InlineData("192.0.2.1:0x50")]
    [InlineData(" 192.0.2.1:80")]
    [InlineData("192.0.2:80")]
    [InlineData("192.0.2.256:80")]
    [InlineData("192.0.2.1.1:80")]
    [InlineData("3221225985:80")]
    [InlineData("0xc0.0.2.1:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("[192.0.2.1]:80")]
    [InlineData("2001:db8::1:80")]
    [InlineData("::1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]80")]
    [InlineData("[2001:db8::1:80")]
    [InlineData("2001:db8::1]:80")]
    [InlineData("[[::1]]:80")]
    [InlineData("[[::1]:5]:80")]
    [InlineData("[::1/64]:80")]
    [InlineData("[]:80")]
    [InlineData("localhost:80")]
    [InlineData("[fe80::1%0123456789012345678901234567890123456789012345678901234]:80")]
    public void Parse_SomethingElse_SaysHowAnEndPointIsWritten(string text)
    {
        Assert.False(PeerEndPoint.TryParse(text, out PeerEndPoint endPoint));
        Assert.Equal(default, endPoint);
        Assert.Contains("192.0.2.1:7411", Assert.Throws<FormatException>(() => PeerEndPoint.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnEndPointWithOneCharacterChanged_NeverThrows() => Prop.ForAll(
        (from endPoint in Generators.EndPoints
         from place in Gen.Choose(0, 7)
         from character in Gen.Elements('0', '9', ':', '.', '[', ']', '%', '/', ' ', '\0', 'f', 'x', '٣')
         select Change(endPoint.ToString(), place, character)).ToArbitrary(),
        text => !PeerEndPoint.TryParse(text, out PeerEndPoint parsed) || PeerEndPoint.Parse(parsed.ToString()) == parsed)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_ThroughTheInterfacesOfThePlatform_IsTheSameEndPoint()
    {
        Assert.Equal(PeerEndPoint.Parse("192.0.2.1:80"), Parse<PeerEndPoint>("192.0.2.1:80"));
        Assert.False(TryParse(null, out PeerEndPoint _));
    }

    [Fact]
    public void PeerEndPoint_OfAddressBytesOfAnotherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new PeerEndPoint(new byte[5], 80));

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void PeerEndPoint_OfAPortThatIsNone_IsRefused(int port) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PeerEndPoint(IPAddress.Loopback, port));

    [Fact]
    public void Default_IsTheUnspecifiedIPv6EndPoint()
    {
        Assert.Equal("[::]:0", default(PeerEndPoint).ToString());
        Assert.Equal(AddressFamily.InterNetworkV6, default(PeerEndPoint).AddressFamily);
    }

    private static string Change(string text, int place, char character) =>
        text[..(place % text.Length)] + character + text[((place % text.Length) + 1)..];

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, null);

    private static bool TryParse<T>(string? text, out T? value)
        where T : IParsable<T> => T.TryParse(text, null, out value);
}
