using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Learns whether strangers reach us, and has us serve only then (<see cref="NodeRole.Auto"/>).</summary>
/// <remarks>
/// <para>
/// A node serves until it learns otherwise. Contacts are asked, one after the other, to have us dialled by somebody else. One dial from
/// an address that we never sent to proves that strangers reach us, whoever it comes from. That none comes proves nothing, for one may be lost and helpers may
/// lie: <see cref="MinSilent"/> helpers of as many address groups must say that we were dialled. A dial from an address that we sent to
/// speaks for neither. Nothing changes while neither shows; in a network so small that everybody has met, nothing will.
/// </para>
/// <para>
/// Only public addresses count, by the majority of votes. A node with two address families serves when it is reached in one of them.
/// </para>
/// </remarks>
internal sealed class Reachability(NodeCore core)
{
    /// <summary>So many helpers of different address groups must have had us dialled in vain: at a loss of 30 % one server in a thousand errs, for an hour.</summary>
    public const int MinSilent = 6;

    /// <summary>So many helpers are asked, of which some find nobody, or somebody whom we know.</summary>
    public const int MaxHelpers = 24;

    /// <summary>How often there is a look at our address, and the pause after the first try that showed nothing; the pause doubles up to <see cref="Interval"/>.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    /// <summary>How often what is known is tried again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>A dial may come so much later than the word of it.</summary>
    private static readonly TimeSpan DialTime = TimeSpan.FromSeconds(2);

    private readonly bool?[] _isReached = new bool?[core.Overlays.Length];
    private PeerEndPoint[] _own = new PeerEndPoint[core.Overlays.Length];
    private TimeSpan _pause = LookInterval;
    private TimeSpan _nextAt;
    private ulong? _nonce;
    private bool? _isStranger;

    /// <summary>Goes on until the node stops.</summary>
    public async CoreTask RunAsync()
    {
        while (true)
        {
            await core.Delay(LookInterval, core.Lifetime);
            if (HasMoved() || core.Now >= _nextAt)
            {
                bool isKnown = await LookAsync();
                _pause = isKnown ? Interval : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Interval.Ticks));
                _nextAt = core.Now + core.Jitter(_pause);
            }
        }
    }

    /// <summary>A reply to a probe came that answers no request of ours: whether it is a dial that we wait for. Causes nothing else.</summary>
    public bool OnDial(ulong nonce, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        bool isAwaited = nonce == _nonce && Codec.TryRead(body, out ProbeReply dial) && dial.Dialled;
        if (isAwaited)
        {
            _isStranger = !core.Peers.HasSentTo(from);
        }

        return isAwaited;
    }

    /// <summary>Whether the majority names another address than when we looked last; that there is none now says nothing.</summary>
    private bool HasMoved()
    {
        PeerEndPoint[] own = [.. core.Overlays.Select((o, i) => core.PublicEndPointOf(o) is { Scope: AddressScope.Global } seen ? seen : _own[i])];
        bool hasMoved = !own.Zip(_own, (now, before) => now.SharesAddressWith(before)).All(same => same);
        _own = own;
        return hasMoved;
    }

    private async CoreTask<bool> LookAsync()
    {
        bool isKnown = false;
        for (int i = 0; i < _own.Length; i++)
        {
            bool? isReached = _own[i] == default ? null : await ProbeAsync(core.Overlays[i]);
            _isReached[i] = isReached ?? _isReached[i];
            isKnown |= isReached is not null;
        }

        bool serves = _isReached.Contains(true) || !_isReached.Contains(false);
        if (serves == core.IsClient)
        {
            await core.ChangeRoleAsync(serves);
        }

        return isKnown;
    }

    /// <summary>Whether strangers reach us in an address family; null when it does not show.</summary>
    private async CoreTask<bool?> ProbeAsync(Overlay overlay)
    {
        int silent = 0;
        foreach (Contact helper in Helpers(overlay))
        {
            bool isDialled = await ProbeAsync(helper);
            if (_isStranger == true)
            {
                return true;
            }

            silent += isDialled && _isStranger is null ? 1 : 0;
            if (silent == MinSilent)
            {
                return false;
            }
        }

        return null;
    }

    private async CoreTask<bool> ProbeAsync(Contact helper)
    {
        _isStranger = null;
        _nonce = core.NextTransaction();
        CancelScope scope = core.LifetimeFor(Purpose.Pings);
        bool isDialled = await new ProbeOut(core, helper, new ProbeRequest(_nonce.Value, default), scope)
        {
            Patience = core.Options.RequestTimeout,
        }.Send();
        await core.Delay(DialTime, core.Lifetime);
        _nonce = null;
        return isDialled;
    }

    /// <summary>Those around a point drawn at random, of each address group one.</summary>
    private Contact[] Helpers(Overlay overlay)
    {
        Contact[] around = new Contact[2 * MaxHelpers];
        int count = overlay.Table.FindClosest(NodeId.Random(core.Random), around);
        return
        [
            .. around.Take(count)
                .Where(c => c.EndPoint.Scope == AddressScope.Global)
                .DistinctBy(c => AddressGroup.Of(c.EndPoint))
                .Take(MaxHelpers),
        ];
    }
}
