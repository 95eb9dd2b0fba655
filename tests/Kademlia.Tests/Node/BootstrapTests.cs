using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kademlia.Tests.Node;

public sealed class BootstrapTests
{
    [Theory]
    [InlineData("dht.example.org:7411", "dht.example.org", 7411)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("[::1]:7411", "::1", 7411)]
    [InlineData("[2001:db8::1]:7411", "2001:db8::1", 7411)]
    public void TryParse_HostAndPort_Parses(string text, string host, int port)
    {
        Assert.True(Bootstrap.TryParse(text, out Bootstrap bootstrap));
        Assert.Equal(new Bootstrap(host, port), bootstrap);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":7411")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost: 1")]
    [InlineData("local host:7411")]
    [InlineData("::1:7411")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:7411")]
    [InlineData("[localhost]:7411")]
    [InlineData("[]:7411")]
    [InlineData("0.0.0.0:7411")]
    [InlineData("0:7411")]
    [InlineData("[::]:7411")]
    [InlineData("224.0.0.1:7411")]
    [InlineData("255.255.255.255:7411")]
    [InlineData("http://localhost:7411")]
    public void TryParse_AnythingElse_Fails(string? text) => Assert.False(Bootstrap.TryParse(text, out _));

    [Fact]
    public async Task ResolveAsync_Address_IsItself()
    {
        IReadOnlyList<PeerEndPoint> resolved = await new Bootstrap("127.0.0.1", 7411).ResolveAsync(
            NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Equal([new PeerEndPoint(IPAddress.Loopback, 7411)], resolved);
    }

    [Theory]
    [InlineData("0.0.0.0")] // refused by the resolver itself
    [InlineData("nobody.invalid")]
    public async Task ResolveAsync_WhatHasNoAddress_IsNone(string host) =>
        Assert.Empty(await new Bootstrap(host, 7411).ResolveAsync(NullLogger.Instance, TestContext.Current.CancellationToken));

    [Fact]
    public async Task ResolveAsync_NodeStops_IsNone()
    {
        using CancellationTokenSource stopping = new();
        await stopping.CancelAsync();
        Assert.Empty(await new Bootstrap("nobody.invalid", 7411).ResolveAsync(NullLogger.Instance, stopping.Token));
    }
}
