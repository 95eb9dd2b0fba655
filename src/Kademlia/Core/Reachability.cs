using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Learns whether strangers reach us, and has us serve only then (<see cref="NodeRole.Auto"/>).</summary>
/// <remarks>
/// <para>
/// A node serves until it learns otherwise, in each address family by itself. Contacts are asked, one after the other, to have us dialled by somebody else. One dial from
/// an address that we have not sent to lately proves that strangers reach us, whoever it comes from. That none comes proves little, for it may be lost, and
/// helpers and those who dial may lie: so <see cref="MinSilent"/> helpers of as many networks must say that we were dialled when nobody was
/// heard, or <see cref="SilentForHeard"/> times as many as were heard. Who is heard from an address that we have sent to shows that dials arrive, no more.
/// </para>
/// <para>
/// Only public addresses count, by the majority of votes. Without a new verdict the last one ends after <see cref="VerdictTime"/>, and with the address.
/// </para>
/// </remarks>
internal sealed class Reachability(NodeCore core)
{
    /// <summary>So many helpers of different networks must have had us dialled in vain, while nobody was heard.</summary>
    public const int MinSilent = 6;

    /// <summary>So many silent dials for each that was heard: with a loss of 30 % and 24 helpers whom we all know, one look in a thousand errs.</summary>
    public const int SilentForHeard = 3;

    /// <summary>When so many were heard and no more were silent, dials arrive and nobody who dials is a stranger: no more are asked.</summary>
    public const int MaxHeard = 3;

    /// <summary>So many helpers are asked, of which some find nobody, or somebody whom we know.</summary>
    public const int MaxHelpers = 24;

    /// <summary>How often there is a look at our address, and the pause after the first try that showed nothing; the pause doubles up to <see cref="Interval"/>.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    /// <summary>How often what is known is tried again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>A verdict lasts so long while looks show nothing.</summary>
    public static readonly TimeSpan VerdictTime = TimeSpan.FromHours(6);

    /// <summary>Whom we sent to is no stranger for so long: longer than any translator lets it in.</summary>
    public static readonly TimeSpan SentTime = TimeSpan.FromHours(1);

    /// <summary>A dial may come so much later than the word of it.</summary>
    private static readonly TimeSpan DialTime = TimeSpan.FromSeconds(2);

    private readonly TimeSpan[] _knownAt = new TimeSpan[core.Overlays.Length];
    private PeerEndPoint[] _own = new PeerEndPoint[core.Overlays.Length];
    private TimeSpan _pause = LookInterval;
    private TimeSpan _nextAt;
    private Overlay? _probed;
    private ulong _nonce;
    private bool _isHeard;
    private bool _isStranger;

    /// <summary>Goes on until the node stops.</summary>
    public async CoreTask RunAsync()
    {
        while (true)
        {
            await core.Delay(core.Jitter(LookInterval), core.Lifetime);
            if (HasMoved() || core.Now >= _nextAt)
            {
                bool isKnown = await LookAsync();
                _pause = isKnown ? Interval : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Interval.Ticks));
                _nextAt = core.Now + _pause;
            }
        }
    }

    /// <summary>A reply to a probe came that answers no request of ours: whether it is a dial that we wait for. Causes nothing else.</summary>
    public bool OnDial(ulong nonce, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        bool isAwaited = _probed is not null
            && nonce == _nonce
            && core.OverlayOf(from) == _probed
            && from.Scope == AddressScope.Global
            && Codec.TryRead(body, out ProbeReply dial)
            && dial.Dialled;
        if (isAwaited)
        {
            TimeSpan since = core.Now - SentTime;
            _isHeard = true;
            _isStranger |= !core.Peers.HasSentTo(from, since) && !core.DialBack.HasDialled(from, since);
        }

        return isAwaited;
    }

    /// <summary>Whether the majority names another address than when we looked last, of which nothing is known then; that there is none now says nothing.</summary>
    private bool HasMoved()
    {
        bool hasMoved = false;
        for (int i = 0; i < _own.Length; i++)
        {
            if (core.PublicEndPointOf(core.Overlays[i]) is { Scope: AddressScope.Global } seen && !seen.SharesAddressWith(_own[i]))
            {
                _own[i] = seen;
                _knownAt[i] = core.Now - VerdictTime;
                hasMoved = true;
            }
        }

        return hasMoved;
    }

    private async CoreTask<bool> LookAsync()
    {
        bool isKnown = false;
        for (int i = 0; i < _own.Length; i++)
        {
            Overlay overlay = core.Overlays[i];
            bool? isReached = _own[i] == default ? null : await ProbeAsync(overlay);
            isKnown |= isReached is not null;
            _knownAt[i] = isReached is null ? _knownAt[i] : core.Now;
            bool serves = isReached ?? (overlay.Serves || core.Now - _knownAt[i] >= VerdictTime);
            if (serves != overlay.Serves)
            {
                await core.ChangeRoleAsync(overlay, serves);
            }
        }

        return isKnown;
    }

    /// <summary>Whether strangers reach us in an address family; null when it does not show.</summary>
    private async CoreTask<bool?> ProbeAsync(Overlay overlay)
    {
        int silent = 0;
        int heard = 0;
        foreach (Contact helper in Helpers(overlay))
        {
            bool isDialled = await ProbeAsync(overlay, helper);
            if (_isStranger)
            {
                return true;
            }

            heard += _isHeard ? 1 : 0;
            silent += isDialled && !_isHeard ? 1 : 0;
            if (silent == MinSilent && heard == 0)
            {
                return false;
            }

            if (heard == MaxHeard && silent <= heard)
            {
                return null;
            }
        }

        return silent >= Math.Max(MinSilent, SilentForHeard * heard) ? false : null;
    }

    private async CoreTask<bool> ProbeAsync(Overlay overlay, Contact helper)
    {
        (_probed, _nonce, _isHeard, _isStranger) = (overlay, core.NextTransaction(), false, false);
        CancelScope scope = core.LifetimeFor(Purpose.Pings);
        bool isDialled = await new ProbeOut(core, helper, new ProbeRequest(_nonce, default), scope)
        {
            Patience = core.Options.RequestTimeout,
        }.Send();
        await core.Delay(DialTime, core.Lifetime);
        _probed = null;
        return isDialled;
    }

    /// <summary>Those around a point drawn at random, of each network one.</summary>
    private Contact[] Helpers(Overlay overlay)
    {
        Contact[] around = new Contact[2 * MaxHelpers];
        int count = overlay.Table.FindClosest(NodeId.Random(core.Random), around);
        return
        [
            .. around.Take(count)
                .Where(c => c.EndPoint.Scope == AddressScope.Global)
                .DistinctBy(c => AddressGroup.WideOf(c.EndPoint))
                .Take(MaxHelpers),
        ];
    }
}
