using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class SocketAddressBytesTests
{
    private static readonly Gen<byte[]> IPv4Bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf(4);
    private static readonly Gen<byte[]> IPv6Bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf(16)
        .Where(bytes => !new IPAddress(bytes).IsIPv4MappedToIPv6);

    private static readonly Gen<PeerEndPoint> EndPoints =
        from bytes in Gen.OneOf(IPv4Bytes, IPv6Bytes)
        from port in Gen.Choose(0, ushort.MaxValue)
        select new PeerEndPoint(bytes, (ushort)port);

    [Fact]
    public void Read_WhatWriteWrote_IsTheSameEndPoint()
    {
        Prop.ForAll(EndPoints.ToArbitrary(), endPoint =>
        {
            SocketAddress address = new(endPoint.AddressFamily);
            SocketAddressBytes.Write(address, endPoint, 0);
            return SocketAddressBytes.TryRead(address, endPoint.AddressFamily, out PeerEndPoint read) && read == endPoint;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Write_OverAnotherEndPoint_IsWhatTheFrameworkWrites()
    {
        Prop.ForAll(EndPoints.Two().ToArbitrary(), pair =>
        {
            (PeerEndPoint earlier, PeerEndPoint later) = pair;
            SocketAddress address = new(later.AddressFamily);
            if (earlier.IsIPv4 == later.IsIPv4)
            {
                SocketAddressBytes.Write(address, earlier, 9);
            }

            SocketAddressBytes.Write(address, later, 0);
            return address.Equals(later.ToIPEndPoint().Serialize());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Write_LinkLocal_CarriesItsInterface()
    {
        SocketAddress address = new(AddressFamily.InterNetworkV6);
        SocketAddressBytes.Write(address, PeerEndPoint.Parse("[fe80::1]:7411"), 3);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("fe80::1%3"), 7411).Serialize(), address);
        Assert.Equal(3u, SocketAddressBytes.ReadScopeId(address));
    }

    [Fact]
    public void Read_MappedAddressOnAnIPv6Socket_IsNone()
    {
        SocketAddress address = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 7411).Serialize();
        Assert.False(SocketAddressBytes.TryRead(address, AddressFamily.InterNetworkV6, out _));
    }

    [Fact]
    public void Read_TooFewBytes_IsNone()
    {
        SocketAddress address = new(AddressFamily.InterNetworkV6) { Size = 8 };
        Assert.False(SocketAddressBytes.TryRead(address, AddressFamily.InterNetworkV6, out _));
    }
}
