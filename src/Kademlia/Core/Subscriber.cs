using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>One endpoint that is to be told of changes under one key, for as long as its lease lasts.</summary>
/// <remarks>
/// Told of a change, the lease is spent: the same is said again until the subscriber asks anew, which renews it, or
/// <see cref="MaxTellings"/> times in all. The first change is told at once, later ones once in <see cref="TellInterval"/>.
/// </remarks>
internal sealed class Subscriber(NodeCore core, RecordKey key, AddressGroup payer) : CoreTimer
{
    /// <summary>So often one change is told to a subscriber that says nothing; then it is forgotten.</summary>
    public const int MaxTellings = 3;

    /// <summary>How long a lease lasts: it outlives two requests to renew it that are lost.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(5);

    /// <summary>So long after one change the next is told at the soonest; and the first pause before the same is said again, which doubles.</summary>
    public static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    private TimeSpan _ends;
    private TimeSpan _toldAt = -TellInterval;
    private int _tellings;
    private ulong _state;
    private NodeId _changed;

    public RecordKey Key { get; } = key;

    /// <summary>Whose share of the room it takes.</summary>
    public AddressGroup Payer { get; } = payer;

    /// <summary>The request that made or renewed the lease, to which all that is told are replies.</summary>
    public IncomingRequest Request { get; private set; }

    /// <summary>Begins the lease anew for one who was just told the state.</summary>
    public void Renew(in IncomingRequest request, ulong state)
    {
        Request = request;
        _state = state;
        _tellings = 0;
        _ends = core.Now + LeaseTime;
        core.Timers.Schedule(this, _ends);
    }

    /// <summary>What is held has changed: tells it, unless there is nothing new in it or the lease is spent.</summary>
    public void OnChanged(NodeId writer, ulong state)
    {
        if (_tellings == 0 && state != _state)
        {
            _changed = writer;
            core.Timers.Schedule(this, Latest(core.Now, _toldAt + TellInterval));
        }
    }

    public override void OnDue(TimeSpan now)
    {
        if (now >= _ends || _tellings == MaxTellings)
        {
            core.Subscribers.Remove(this);
            return;
        }

        int cursor = core.Holding.PositionOf(Key, _changed);
        core.Answers.ReplySubscribe(Request, new SubscribeReply(SubscribeStatus.Changed, core.Holding.StateOf(Key), cursor));
        _toldAt = now;
        core.Timers.Schedule(this, now + (TellInterval * (1 << _tellings)));
        _tellings++;
    }

    private static TimeSpan Latest(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
