using System.Net;
using Kademlia.Transport;

namespace Kademlia.Tests.Node;

/// <summary>Every wrong option is told at start, by its name and with what to do.</summary>
public sealed class OptionsTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(366);
    private static readonly TcpStreamTransport Streams = TcpStreamTransport.Bind([IPAddress.Loopback], 0);
    private static readonly NodeIdentity Identity = NodeIdentity.Create();

    private static readonly (string Option, string Fix, KademliaOptions Wrong)[] All =
    [
        ("Bootstrap", "a list", new() { Bootstrap = null! }),
        ("Bootstrap", "host:port", new() { Bootstrap = { "127.0.0.1:7411", "localhost" } }),
        ("Bootstrap", "host:port", new() { Bootstrap = { null! } }),
        ("Bootstrap", "host:port", new() { Bootstrap = { "0.0.0.0:7411" } }),
        ("Port", "a port", new() { Port = -1 }),
        ("Port", "a port", new() { Port = 65536 }),
        ("ListenAddresses", "one address", new() { ListenAddresses = null! }),
        ("ListenAddresses", "one address", new() { ListenAddresses = [] }),
        ("ListenAddresses", "one address", new() { ListenAddresses = [null!] }),
        ("ListenAddresses", "one address", new() { ListenAddresses = [IPAddress.Loopback, IPAddress.Any] }),
        ("PublicAddresses", "reach", new() { PublicAddresses = null! }),
        ("PublicAddresses", "reach", new() { PublicAddresses = { null! } }),
        ("PublicAddresses", "reach", new() { PublicAddresses = { IPAddress.Any } }),
        ("PublicAddresses", "reach", new() { PublicAddresses = { IPAddress.Parse("224.0.0.1") } }),
        ("Role", "Auto, Server or Client", new() { Role = (NodeRole)3 }),
        ("IdentityFile", "null when Identity is given", new() { Identity = Identity, IdentityFile = "node.pem" }),
        ("IdentityFile", "path", new() { IdentityFile = "" }),
        ("StateFile", "path", new() { StateFile = " " }),
        ("StateFile", "path", new() { StateFile = "a\0b" }),
        ("Identity", "NodeIdentity.Create(24)", new() { Identity = Identity, IdDifficulty = 24 }),
        ("IdDifficulty", "between 0 and 24", new() { IdDifficulty = -1 }),
        ("IdDifficulty", "between 0 and 24", new() { IdDifficulty = 25, Identity = Identity }),
        ("NetworkName", "255 bytes", new() { NetworkName = null! }),
        ("NetworkName", "255 bytes", new() { NetworkName = "" }),
        ("NetworkName", "255 bytes", new() { NetworkName = new string('ä', 128) }),
        ("NetworkKey", "32 bytes", new() { NetworkKey = new byte[31] }),
        ("BucketSize", "between 1 and 128", new() { BucketSize = 0 }),
        ("BucketSize", "between 1 and 128", new() { BucketSize = 129 }),
        ("Parallelism", "between 1 and 256", new() { Parallelism = 0 }),
        ("Parallelism", "between 1 and 256", new() { Parallelism = 257 }),
        ("LookupAttempts", "between 1 and 16", new() { LookupAttempts = 0 }),
        ("LookupAttempts", "between 1 and 16", new() { LookupAttempts = 17 }),
        ("StoreAttempts", "between 1 and 16", new() { StoreAttempts = 0 }),
        ("StoreAttempts", "between 1 and 16", new() { StoreAttempts = 17 }),
        ("FirstTimeout", "above zero", new() { FirstTimeout = TimeSpan.Zero }),
        ("FirstTimeout", "above zero", new() { FirstTimeout = Timeout.InfiniteTimeSpan }),
        ("RequestTimeout", "at least FirstTimeout", new() { RequestTimeout = TimeSpan.FromMilliseconds(499) }),
        ("RequestTimeout", "at most 366 days", new() { RequestTimeout = TimeSpan.MaxValue }),
        ("RefreshInterval", "above zero", new() { RefreshInterval = TimeSpan.Zero }),
        ("RefreshInterval", "at most 366 days", new() { RefreshInterval = TimeSpan.MaxValue }),
        ("RecordLifetime", "above zero", new() { RecordLifetime = -Year }),
        ("RepublishInterval", "above zero", new() { RepublishInterval = TimeSpan.Zero }),
        ("RepublishInterval", "shorter than RecordLifetime", new() { RepublishInterval = TimeSpan.FromHours(24) }),
        ("MaxRecordLifetime", "at least RecordLifetime", new() { MaxRecordLifetime = TimeSpan.FromHours(23) }),
        ("MaxRecordLifetime", "at most 366 days", new() { MaxRecordLifetime = Year + TimeSpan.FromTicks(1) }),
        ("MaxStrangerBytes", "0 or more", new() { MaxStrangerBytes = -1 }),
        ("MaxStreams", "between 0 and 65535", new() { MaxStreams = -1 }),
        ("MaxStreams", "above 0 when StreamTransport is given", new() { MaxStreams = 0, StreamTransport = Streams }),
        ("MaxStreamsPerPeer", "between 1 and 65535", new() { MaxStreamsPerPeer = 0 }),
        ("StreamIdleTimeout", "above zero", new() { StreamIdleTimeout = TimeSpan.Zero }),
        ("MaxValueLength", "between 768 and 65536", new() { MaxValueLength = 767 }),
        ("MaxValueLength", "between 768 and 65536", new() { MaxValueLength = 65_537 }),
        ("TimeProvider", "TimeProvider.System", new() { TimeProvider = null! }),
    ];

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public async Task A_wrong_option_is_named_and_the_fix_with_it(int index)
    {
        (string option, string fix, KademliaOptions wrong) = All[index];
        ArgumentException told = await Assert.ThrowsAsync<ArgumentException>(() => KademliaNode.StartAsync(wrong, Loopback.Token));
        Assert.StartsWith($"KademliaOptions.{option} is ", told.Message, StringComparison.Ordinal);
        Assert.Contains(fix, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_that_can_be_wrong_is_among_them() => Assert.Equal(
        typeof(KademliaOptions).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal),
        All.Select(a => a.Option).Distinct()
            .Concat(["AcceptRecord", "LimitLocalAddressGroups", "LoggerFactory", "RecordStore", "StreamTransport", "Transport"])
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_defaults_and_the_edges_are_right()
    {
        KademliaOptions edges = new()
        {
            Bootstrap = { "dht.example.org:7411", "192.0.2.1:1", "[2001:db8::1]:65535", "localhost:7411" },
            Port = 65535,
            PublicAddresses = { IPAddress.Parse("8.8.8.8"), IPAddress.Parse("2a00::1") },
            Identity = Identity,
            NetworkName = new string('ä', 127),
            NetworkKey = new byte[32],
            BucketSize = 128,
            Parallelism = 256,
            LookupAttempts = 16,
            StoreAttempts = 1,
            FirstTimeout = TimeSpan.FromSeconds(5),
            RefreshInterval = Year,
            MaxRecordLifetime = Year,
            MaxStrangerBytes = 0,
        };
        Assert.All([new KademliaOptions(), edges], options => Assert.Null(Xunit.Record.Exception(options.Validate)));
    }
}
