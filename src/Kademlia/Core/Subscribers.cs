using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Whom we tell when what we hold changes. PROTOCOL.md, section 4.11.</summary>
/// <remarks>
/// Room is for all: where it is full, the address group with the most subscribers loses its oldest lease, or finds no room for another.
/// Who finds none is told what is held whenever it asks, so it sees every change later, not never.
/// </remarks>
internal sealed class Subscribers(NodeCore core)
{
    /// <summary>So many leases in all: some 300 bytes each, and so few that looking through all takes microseconds.</summary>
    public const int MaxSubscribers = 1024;

    /// <summary>So many to one key, each of which is told of every change.</summary>
    public const int MaxPerKey = 256;

    /// <summary>So many of one address group, or of one endpoint where groups are not limited.</summary>
    public const int MaxPerGroup = 256;

    private readonly List<Subscriber> _all = [];

    public int Count => _all.Count;

    /// <summary>A request to be told, with a valid token.</summary>
    public bool OnSubscribe(in IncomingRequest request, RecordKey key)
    {
        PeerEndPoint from = request.From;
        ulong state = core.Holding.StateOf(key);
        Subscriber? subscriber = _all.Find(s => s.Request.From == from && s.Key == key) ?? TryAdd(from, key);
        subscriber?.Renew(request, state);
        SubscribeStatus status = subscriber is null ? SubscribeStatus.Full : SubscribeStatus.Subscribed;
        core.Answers.ReplySubscribe(request, new SubscribeReply(status, state, Cursor: 0));
        return true;
    }

    /// <summary>A record was written.</summary>
    public void OnWritten(in RecordHead head)
    {
        RecordKey key = head.Key;
        List<Subscriber> subscribers = _all.FindAll(s => s.Key == key);
        if (subscribers.Count > 0)
        {
            ulong state = core.Holding.StateOf(key);
            NodeId writer = head.Writer;
            subscribers.ForEach(s => s.OnChanged(writer, state));
        }
    }

    /// <summary>A lease has ended.</summary>
    public void Remove(Subscriber subscriber)
    {
        core.Timers.Cancel(subscriber);
        _all.Remove(subscriber);
    }

    /// <summary>Checks what must hold between any two turns.</summary>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public void AssertInvariants()
    {
        Invariant.Require(_all.Count <= MaxSubscribers, "Subscribers are bounded.");
        Invariant.Require(_all.TrueForAll(s => s.IsScheduled), "Every lease will end.");
    }

    private Subscriber? TryAdd(PeerEndPoint from, RecordKey key)
    {
        AddressGroup payer = AddressGroup.Payer(from, core.Options.LimitLocalAddressGroups);
        bool hasRoom = _all.Count(s => s.Payer == payer) < MaxPerGroup
            && TryMakeRoom(_all.FindAll(s => s.Key == key), MaxPerKey, payer)
            && TryMakeRoom(_all, MaxSubscribers, payer);
        if (!hasRoom)
        {
            return null;
        }

        Subscriber subscriber = new(core, key, payer);
        _all.Add(subscriber);
        return subscriber;
    }

    private bool TryMakeRoom(List<Subscriber> among, int most, AddressGroup newcomer)
    {
        if (among.Count < most)
        {
            return true;
        }

        Subscriber[] largest = [.. among.GroupBy(s => s.Payer).MaxBy(g => g.Count())!];
        bool makesRoom = among.Count(s => s.Payer == newcomer) < largest.Length;
        if (makesRoom)
        {
            Remove(largest[0]);
        }

        return makesRoom;
    }
}
