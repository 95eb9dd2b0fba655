using Kademlia.Messages;

namespace Kademlia.Admission;

/// <summary>How many requests are answered, by address group. Replies to our own requests never pass here.</summary>
/// <remarks>
/// <para>
/// A limit by source address is a weapon where the address can be forged, so there are two kinds of budget. A request
/// without a valid token may come from anywhere, and is charged to what its group has for the unproven. A request with
/// one comes from where it says, and is charged to what its group has for the proven, which a forger cannot touch. Nothing here
/// bans: a request over the limit is dropped, and the next may pass.
/// </para>
/// <para>
/// Proven requests that cost us a signature, a verification or the application's time (prove, store, talk, probe) have a rate
/// apart, and a cap over all groups, so that many groups together cannot take the processor. Below
/// <see cref="ModestCostly"/> a group is not held to that cap: whoever asks little is served while others flood.
/// An unproven request is never costly, whatever it asks, since all that it can get is a `retry`.
/// </para>
/// <para>
/// The rates are far above what honest nodes ask of one another: one that makes 250 puts a second in a network of fifty
/// nodes asks each of them for 100 stores a second. For local addresses there is no limit by default.
/// </para>
/// </remarks>
internal sealed class StrangerLimits
{
    /// <summary>Requests without a valid token from one address group: about half a percent of what a node can answer.</summary>
    public static readonly Rate Unproven = new(PerSecond: 400, Burst: 800);

    /// <summary>Cheap requests (ping, find_node, find_value) with a valid token from one address group: many nodes can share one.</summary>
    public static readonly Rate Proven = new(PerSecond: 2000, Burst: 4000);

    /// <summary>Costly requests from one address group: at some 280 µs for a verification, 3 % of a core.</summary>
    public static readonly Rate Costly = new(PerSecond: 100, Burst: 200);

    /// <summary>Costly requests from one address group that pass whatever others ask.</summary>
    public static readonly Rate ModestCostly = new(PerSecond: 1, Burst: 8);

    /// <summary>Costly requests from all address groups together, but for the modest: some 30 % of a core.</summary>
    public static readonly Rate AllCostly = new(PerSecond: 1000, Burst: 1000);

    private readonly bool _limitLocal;
    private readonly GroupLimiter _unproven;
    private readonly GroupLimiter _proven;
    private readonly GroupLimiter _costly;
    private readonly GroupLimiter _modestCostly;
    private RateBucket _allCostly;

    /// <summary>Starts with every budget full.</summary>
    /// <param name="random">Where the secret comes from that decides which groups share buckets.</param>
    /// <param name="limitLocal">Whether local addresses are limited too.</param>
    public StrangerLimits(Random random, bool limitLocal)
    {
        GroupHash hash = new(random);
        _limitLocal = limitLocal;
        _unproven = new GroupLimiter(hash, Unproven);
        _proven = new GroupLimiter(hash, Proven);
        _costly = new GroupLimiter(hash, Costly);
        _modestCostly = new GroupLimiter(hash, ModestCostly);
    }

    /// <summary>Whether to answer a request, and charges its group for it if so.</summary>
    /// <param name="from">Where the datagram says that it comes from.</param>
    /// <param name="request">What it asks.</param>
    /// <param name="proven">Whether it carries a valid token.</param>
    /// <param name="now">The time.</param>
    public bool TryAdmit(PeerEndPoint from, MessageKind request, bool proven, TimeSpan now) =>
        !AddressGroup.IsLimited(from, _limitLocal)
        || (!proven ? _unproven.TryTake(from, now)
            : !IsCostly(request) ? _proven.TryTake(from, now)
            : _costly.HasRoom(from, now) && TryTakeOfAll(from, now) && _costly.TryTake(from, now));

    private static bool IsCostly(MessageKind request) =>
        request is not (MessageKind.Ping or MessageKind.FindNode or MessageKind.FindValue);

    private bool TryTakeOfAll(PeerEndPoint from, TimeSpan now) =>
        _modestCostly.TryTake(from, now) || _allCostly.TryTake(AllCostly, now);
}
