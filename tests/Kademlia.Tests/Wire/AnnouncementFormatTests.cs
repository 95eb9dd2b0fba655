using FsCheck;
using FsCheck.Fluent;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

public class AnnouncementFormatTests
{
    private static readonly PeerEndPoint EndPoint = PeerEndPoint.Parse("192.0.2.1:7411");
    private static readonly byte[] Announcement = AnnouncementFormat.Write([EndPoint]);

    [Fact]
    public void TryRead_WhatWasWritten_GivesTheEndPointsInTheirOrder()
    {
        Gen<PeerEndPoint[]> endPoints =
            from count in Gen.Choose(1, AnnouncementFormat.MaxEndPoints)
            from some in Generators.PublicEndPoints.ArrayOf(count)
            select some;
        Prop.ForAll(endPoints.ToArbitrary(), written =>
            AnnouncementFormat.TryRead(AnnouncementFormat.Write(written), out PeerEndPoint[] read) && read.SequenceEqual(written))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrows() => Prop.ForAll(Generators.ByteStrings(Record.MaxDatagramValueLength).ToArbitrary(), bytes =>
        !AnnouncementFormat.TryRead(bytes, out _)).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_EveryPrefix_IsNoAnnouncement() => Assert.All(
        Enumerable.Range(0, Announcement.Length),
        length => Assert.False(AnnouncementFormat.TryRead(Announcement.AsSpan(0, length), out _)));

    [Fact]
    public void TryRead_ElementsOfALaterTime_AreIgnored()
    {
        byte[] later = [0x93, .. Announcement[1..], 0xa1, (byte)'x'];
        Assert.True(AnnouncementFormat.TryRead(later, out PeerEndPoint[] read));
        Assert.Equal([EndPoint], read);
    }

    [Theory]
    [InlineData("a text", "a5 68656c6c6f")]
    [InlineData("no endpoints", "92 b1 6b6164656d6c69612070726f7669646572 90")]
    [InlineData("nine endpoints", "92 b1 6b6164656d6c69612070726f7669646572 99 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3 c406c00002011cf3")]
    [InlineData("port 0", "92 b1 6b6164656d6c69612070726f7669646572 91 c406c00002010000")]
    [InlineData("any address", "92 b1 6b6164656d6c69612070726f7669646572 91 c406000000001cf3")]
    [InlineData("one of two that nobody can be at", "92 b1 6b6164656d6c69612070726f7669646572 92 c406c00002011cf3 c406e00000011cf3")]
    [InlineData("five bytes", "92 b1 6b6164656d6c69612070726f7669646572 91 c405c000020100")]
    [InlineData("another label", "92 b1 6b6164656d6c69612050726f7669646572 91 c406c00002011cf3")]
    [InlineData("a label alone", "91 b1 6b6164656d6c69612070726f7669646572")]
    public void TryRead_SomethingElse_IsNoAnnouncement(string what, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.False(AnnouncementFormat.TryRead(bytes, out _), what);
    }

    [Fact]
    public void TryRead_BytesBehind_IsNoAnnouncement() =>
        Assert.False(AnnouncementFormat.TryRead([.. Announcement, 0xc0], out _));
}
