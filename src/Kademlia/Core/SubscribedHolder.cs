using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>A holder that we subscribe at, and what it said.</summary>
internal sealed class SubscribedHolder(Subscription subscription, Contact contact)
{
    /// <summary>So often a holder is listened to between two looks at it: a change each second, the most that one tells.</summary>
    private const int MaxTold = 100;

    private int _told;

    public Subscription Subscription { get; } = subscription;

    public Contact Contact { get; } = contact;

    /// <summary>Under which it tells of changes.</summary>
    public ulong Transaction { get; set; }

    /// <summary>The state that it told last; null when it does not know subscriptions.</summary>
    public ulong? State { get; private set; }

    /// <summary>Where it said that the change is, until it is read.</summary>
    public int Cursor { get; private set; }

    /// <summary>The state as of which it was read.</summary>
    public ulong? Read { get; private set; }

    /// <summary>Whether it did not answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether it is being asked; what it tells meanwhile is seen to afterwards.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether it is being read, or waits for its turn.</summary>
    public bool IsBeingRead { get; set; }

    /// <summary>Whether it told of a change, so that it must be asked again.</summary>
    public bool HasTold { get; private set; }

    /// <summary>Begins a new look, at which it is asked whatever it has told.</summary>
    public void OnLook() => _told = 0;

    /// <summary>It is being asked.</summary>
    public void OnAsked() => HasTold = false;

    /// <summary>It answered; null when it does not know subscriptions.</summary>
    public void OnAnswer(SubscribeReply? reply)
    {
        State = reply?.State;
        if (reply is { Status: SubscribeStatus.Changed } change)
        {
            Listen(change);
        }
    }

    /// <summary>It told of a change. Not listened to when it tells nothing else than before, or too much.</summary>
    /// <returns>Whether it is to be asked.</returns>
    public bool OnTold(in SubscribeReply change) => change.State != State && Listen(change);

    /// <summary>It was read, to its end or as far as need be.</summary>
    public void OnRead(ulong? state) => (Read, Cursor) = (state, 0);

    /// <summary>It said that it has something else, and gave nothing new: it is not listened to before the next look.</summary>
    public void Distrust() => _told = MaxTold;

    private bool Listen(in SubscribeReply change)
    {
        bool listens = _told < MaxTold;
        if (listens)
        {
            _told++;
            HasTold = true;
            (State, Cursor) = (change.State, change.Cursor);
        }

        return listens;
    }
}
