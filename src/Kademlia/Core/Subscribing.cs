using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>What our callers subscribe to: whoever subscribes to the same is told of the same, and the network is asked once.</summary>
internal sealed class Subscribing(NodeCore core)
{
    private readonly Dictionary<RecordKey, Subscription> _subscriptions = [];
    private readonly Dictionary<ulong, SubscribedHolder> _followed = [];

    /// <summary>Tells a caller what is stored under a key and what changes there, until it cancels.</summary>
    public CoreTask<bool> WatchAsync(RecordKey key, Action<RecordChange> tell, CancelScope caller)
    {
        if (_subscriptions.TryGetValue(key, out Subscription? underWay))
        {
            return underWay.WatchAsync(tell, caller);
        }

        Subscription subscription = new(core, key);
        CoreTask<bool> watch = subscription.WatchAsync(tell, caller);
        _subscriptions.Add(key, subscription);
        core.RunDetached(core.RunAsync(_ => subscription.RunAsync(), subscription.Scope, (_, failure) => End(key, subscription, failure)));
        return watch;
    }

    /// <summary>Lets nobody join a subscription any more.</summary>
    public void Forget(RecordKey key) => _subscriptions.Remove(key);

    /// <summary>From now on a holder tells under a transaction.</summary>
    public void Follow(SubscribedHolder holder, ulong transaction)
    {
        Unfollow(holder);
        holder.Transaction = transaction;
        _followed[transaction] = holder;
    }

    /// <summary>A holder is not listened to any more.</summary>
    public void Unfollow(SubscribedHolder holder)
    {
        if (_followed.GetValueOrDefault(holder.Transaction) == holder)
        {
            _followed.Remove(holder.Transaction);
        }
    }

    /// <summary>Takes in a reply that nothing waits for.</summary>
    /// <returns>Whether it is from a holder that we subscribed at, about that.</returns>
    public bool OnTold(in Envelope envelope, ReadOnlySpan<byte> body, PeerEndPoint from)
    {
        if (!_followed.TryGetValue(envelope.Transaction, out SubscribedHolder? holder)
            || holder.Contact != new Contact(envelope.Sender, from)
            || !Codec.TryRead(body, out SubscribeReply change))
        {
            return false;
        }

        holder.Subscription.OnTold(holder, change);
        return true;
    }

    /// <summary>We hold a record now, which was verified.</summary>
    public void OnWritten(Record record) => _subscriptions.GetValueOrDefault(record.Key)?.Offer(record);

    /// <summary>Drops what expired.</summary>
    public void DropExpired()
    {
        foreach (Subscription subscription in _subscriptions.Values)
        {
            subscription.DropExpired();
        }
    }

    private void End(RecordKey key, Subscription subscription, Exception? failure)
    {
        if (_subscriptions.GetValueOrDefault(key) == subscription)
        {
            Forget(key);
        }

        subscription.End(failure);
    }
}
