using System.Net;
using System.Net.Sockets;
using System.Text;
using Kademlia.Core;
using Kademlia.Routing;
using Kademlia.Wire;

namespace Kademlia;

/// <content>The checks at start, and what the core gets.</content>
public sealed partial class KademliaOptions
{
    private const int MaxNetworkNameLength = 255;
    private const int MaxAttempts = 16;
    private const int MaxParallelism = 256;

    /// <summary>Longer times mean nothing here, and sums of them must not overflow.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(366);

    internal void Validate()
    {
        RequireBootstraps();
        Require(Port is >= 0 and <= ushort.MaxValue, nameof(Port), Port, "a port, or 0 for any free one");
        Require(
            ListenAddresses is { Count: > 0 } && !ListenAddresses.Contains(null!) && ListenAddresses.DistinctBy(a => a.AddressFamily).Count() == ListenAddresses.Count,
            nameof(ListenAddresses), Join(ListenAddresses), "one address, or one of each address family");
        Require(
            PublicAddresses is not null && PublicAddresses.All(IsUsable),
            nameof(PublicAddresses), Join(PublicAddresses), "addresses that others can reach, or empty");
        Require(Enum.IsDefined(Role), nameof(Role), Role, "Auto, Server or Client");
        RequirePath(IdentityFile, nameof(IdentityFile));
        RequirePath(StateFile, nameof(StateFile));
        Require(Identity is null || IdentityFile is null, nameof(IdentityFile), IdentityFile, "null when Identity is given");
        RequireBetween(IdDifficulty, 0, NodeIdentity.MaxIdDifficulty, nameof(IdDifficulty));
        Require(
            Identity is null || NodeIdentity.MeetsDifficulty(Identity.Id, IdDifficulty),
            nameof(Identity), Identity, $"an identity made with NodeIdentity.Create({IdDifficulty})");
        Require(
            NetworkName is { Length: > 0 } && Encoding.UTF8.GetByteCount(NetworkName) <= MaxNetworkNameLength,
            nameof(NetworkName), NetworkName, $"1 to {MaxNetworkNameLength} bytes of UTF-8");
        Require(
            NetworkKey.IsEmpty || NetworkKey.Length == Sealer.KeyLength,
            nameof(NetworkKey), $"{NetworkKey.Length} bytes long", $"{Sealer.KeyLength} bytes, such as RandomNumberGenerator.GetBytes({Sealer.KeyLength})");
        RequireBetween(BucketSize, 1, RoutingTableOptions.MaxBucketSize, nameof(BucketSize));
        RequireBetween(Parallelism, 1, MaxParallelism, nameof(Parallelism));
        RequireBetween(LookupAttempts, 1, MaxAttempts, nameof(LookupAttempts));
        RequireBetween(StoreAttempts, 1, MaxAttempts, nameof(StoreAttempts));
        RequireTime(FirstTimeout, nameof(FirstTimeout));
        RequireTime(RequestTimeout, nameof(RequestTimeout));
        Require(RequestTimeout >= FirstTimeout, nameof(RequestTimeout), RequestTimeout, $"at least FirstTimeout, {FirstTimeout}");
        RequireTime(RefreshInterval, nameof(RefreshInterval));
        RequireTime(RecordLifetime, nameof(RecordLifetime));
        RequireTime(RepublishInterval, nameof(RepublishInterval));
        RequireTime(MaxRecordLifetime, nameof(MaxRecordLifetime));
        Require(RepublishInterval < RecordLifetime, nameof(RepublishInterval), RepublishInterval, $"shorter than RecordLifetime, {RecordLifetime}");
        Require(MaxRecordLifetime >= RecordLifetime, nameof(MaxRecordLifetime), MaxRecordLifetime, $"at least RecordLifetime, {RecordLifetime}");
        Require(MaxStrangerBytes >= 0, nameof(MaxStrangerBytes), MaxStrangerBytes, "0 or more bytes");
        RequireBetween(MaxValueLength, Record.MaxDatagramValueLength, Record.MaxValueLength, nameof(MaxValueLength));
        RequireBetween(MaxStreams, 0, ushort.MaxValue, nameof(MaxStreams));
        Require(MaxStreams > 0 || StreamTransport is null, nameof(MaxStreams), MaxStreams, "above 0 when StreamTransport is given");
        RequireBetween(MaxStreamsPerPeer, 1, ushort.MaxValue, nameof(MaxStreamsPerPeer));
        if (StreamIdleTimeout != Timeout.InfiniteTimeSpan)
        {
            RequireTime(StreamIdleTimeout, nameof(StreamIdleTimeout));
        }

        Require(TimeProvider is not null, nameof(TimeProvider), TimeProvider, "TimeProvider.System, or another one");
    }

    internal IReadOnlyList<Bootstrap> ParseBootstraps() => [.. Bootstrap.Select(b => Kademlia.Bootstrap.TryParse(b, out Bootstrap parsed) ? parsed : default)];

    internal CoreOptions ToCore(IReadOnlyList<PeerEndPoint> boundTo, bool hasStreams) => new()
    {
        Network = NetworkTag.Of(NetworkName),
        HasIPv4 = boundTo.Any(e => e.IsIPv4),
        HasIPv6 = boundTo.Any(e => !e.IsIPv4),
        IsClient = Role == NodeRole.Client,
        IsAuto = Role == NodeRole.Auto,
        HasBootstraps = Bootstrap.Count > 0,
        NetworkKey = NetworkKey,
        LocalEndPoints = boundTo,
        PublicAddresses = [.. PublicAddresses],
        IdDifficulty = IdDifficulty,
        BucketSize = BucketSize,
        Parallelism = Parallelism,
        LookupAttempts = LookupAttempts,
        StoreAttempts = StoreAttempts,
        FirstTimeout = FirstTimeout,
        RequestTimeout = RequestTimeout,
        RefreshInterval = RefreshInterval,
        RepublishInterval = RepublishInterval,
        RecordLifetime = RecordLifetime,
        MaxRecordLifetime = MaxRecordLifetime,
        MaxStrangerBytes = MaxStrangerBytes,
        MaxAsking = Math.Max(1, MaxStreams / 2),
        MaxAskingOne = Math.Max(1, MaxStreamsPerPeer / 2),
        MaxValueLength = hasStreams ? MaxValueLength : Record.MaxDatagramValueLength,
        LimitLocalAddressGroups = LimitLocalAddressGroups,
        AcceptRecord = AcceptRecord,
    };

    private static bool IsUsable(IPAddress? address) =>
        address?.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        && new PeerEndPoint(address, 1).Scope != AddressScope.Unusable;

    private static void RequireBetween(int value, int least, int most, string option) =>
        Require(value >= least && value <= most, option, value, $"between {least} and {most}");

    private static void RequireTime(TimeSpan value, string option) =>
        Require(value > TimeSpan.Zero && value <= MaxTime, option, value, $"above zero and at most {MaxTime.Days} days");

    private static void RequirePath(string? path, string option) => Require(
        path is null || !(string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)),
        option, $"\"{path}\"", "the path of a file, or null for none");

    private static string? Join(IEnumerable<IPAddress>? addresses) => addresses is null ? null : string.Join(", ", addresses);

    private static void Require(bool holds, string option, object? value, string wanted)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(KademliaOptions)}.{option} is {value ?? "null"}; it must be {wanted}.");
        }
    }

    private void RequireBootstraps()
    {
        Require(Bootstrap is not null, nameof(Bootstrap), null, "a list, empty for a network of one");
        foreach (string text in Bootstrap!)
        {
            Require(
                Kademlia.Bootstrap.TryParse(text, out _),
                nameof(Bootstrap), $"\"{text}\"", "host:port, such as dht.example.org:7411, 192.0.2.1:7411 or [2001:db8::1]:7411");
        }
    }
}
