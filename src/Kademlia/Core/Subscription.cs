using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>Follows what is stored under one key, for all callers that want to know. PROTOCOL.md, section 4.11.</summary>
/// <remarks>
/// <para>Begins with a get, whose records are the current ones. From then on the k closest to the key are subscribed to, and looked at every
/// <see cref="LookInterval"/>: each tells a state that stands for all that it holds. Where that is not the state of what is known here, nor the one
/// as of which it was read before, it is read; what it gives is verified as in a get.</para>
/// <para>So what a holder tells in between makes changes known sooner, and nothing depends on it: a holder that is lost, lies or is of an older
/// version costs time, as long as another has the newest.</para>
/// </remarks>
internal sealed class Subscription(NodeCore core, RecordKey key)
{
    /// <summary>Each holder is looked at as often: a lease outlives two looks that are lost, and a translator lets in what is told meanwhile.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(100);

    /// <summary>There is a walk to the key as often, and when a holder did not answer.</summary>
    public static readonly TimeSpan WalkInterval = TimeSpan.FromMinutes(10);

    /// <summary>So many holders are read at once: all tell of one change, and to read one is enough.</summary>
    private const int MaxReads = 2;

    /// <summary>Who has been read for so long is slow, or gives without end, and does not count among them any more.</summary>
    private static readonly TimeSpan LongRead = TimeSpan.FromSeconds(1);

    /// <summary>How soon one looks again whether others have read what it was going to.</summary>
    private static readonly TimeSpan ReadPatience = TimeSpan.FromMilliseconds(20);

    /// <summary>No number of holders is enough.</summary>
    private static readonly GetOptions AllHolders = new() { Quorum = int.MaxValue };

    private readonly List<Watcher> _watchers = [];
    private readonly List<SubscribedHolder> _holders = [];
    private WatchedRecords? _records;
    private TimeSpan _walkAt;
    private int _reads;

    /// <summary>Cancels the subscription, whoever watches.</summary>
    public CancelScope Scope { get; } = new();

    /// <summary>Tells a caller of all changes, the current records first, until it cancels.</summary>
    public async CoreTask<bool> WatchAsync(Action<RecordChange> tell, CancelScope caller)
    {
        Watcher watcher = new(tell, new CorePromise<bool>(core.Ready));
        LinkedListNode<Action> registration = caller.Add(() => Leave(watcher));
        _watchers.Add(watcher);
        TellCurrent(watcher);
        try
        {
            return await watcher.Ended;
        }
        finally
        {
            caller.Remove(registration);
        }
    }

    /// <summary>Follows the key until it is cancelled.</summary>
    public async CoreTask<bool> RunAsync()
    {
        WatchedRecords records = new(Tell);
        await core.Getting.StreamAsync(key, new GetOptions(), records.Offer, Scope);
        _records = records;
        _watchers.ForEach(TellCurrent);
        while (true)
        {
            await LookAsync();
            await core.Delay(LookInterval, Scope);
        }
    }

    /// <summary>It has ended, because nobody watches, the node stops, or it failed.</summary>
    public void End(Exception? failure)
    {
        _holders.ForEach(core.Subscribing.Unfollow);
        _watchers.ForEach(w => w.Ended.Break(failure ?? new OperationCanceledException()));
    }

    /// <summary>A genuine record came by another way.</summary>
    public void Offer(Record record) => _records?.Offer(record);

    public void DropExpired() => _records?.Expire(core.WallSeconds);

    /// <summary>A holder told of a change.</summary>
    public void OnTold(SubscribedHolder holder, in SubscribeReply change)
    {
        if (holder.OnTold(change))
        {
            core.RunDetached(AskAsync(holder));
        }
    }

    private void Leave(Watcher watcher)
    {
        watcher.Ended.Break(new OperationCanceledException());
        if (_watchers.Remove(watcher) && _watchers.Count == 0)
        {
            core.Subscribing.Forget(key);
            Scope.Cancel();
        }
    }

    private void TellCurrent(Watcher watcher)
    {
        foreach (Record record in _records?.All.Where(r => !r.IsTombstone) ?? [])
        {
            watcher.Tell(new RecordChange(RecordChangeKind.Current, record));
        }
    }

    /// <summary>Before the current ones are known, all that comes is one of them.</summary>
    private void Tell(RecordChange change)
    {
        if (_records is not null)
        {
            _watchers.ForEach(w => w.Tell(change));
        }
    }

    private async CoreTask LookAsync()
    {
        _holders.ForEach(h => h.OnLook());
        await CoreTask.WhenAll(_holders.ConvertAll(AskAsync));
        if (core.Now >= _walkAt || _holders.Exists(h => h.IsSilent))
        {
            await CoreTask.WhenAll((await WalkAsync()).ConvertAll(AskAsync));
        }
    }

    /// <summary>Finds who is to hold the key now.</summary>
    /// <returns>Those that have not been asked yet, or did not answer then.</returns>
    private async CoreTask<List<SubscribedHolder>> WalkAsync()
    {
        IReadOnlyList<Contact> closest = await core.Finding.FindClosestAsync(key.Hash, Scope, isExact: false);
        if (closest.Count > 0)
        {
            _walkAt = core.Now + WalkInterval;
            _holders.FindAll(h => !closest.Contains(h.Contact)).ForEach(Drop);
            _holders.AddRange(closest.Except(_holders.Select(h => h.Contact)).Select(c => new SubscribedHolder(this, c) { IsSilent = true }));
        }

        return _holders.FindAll(h => h.IsSilent);
    }

    private void Drop(SubscribedHolder holder)
    {
        core.Subscribing.Unfollow(holder);
        _holders.Remove(holder);
    }

    /// <summary>Subscribes at a holder, again when it tells of a change meanwhile.</summary>
    private async CoreTask AskAsync(SubscribedHolder holder)
    {
        if (holder.IsBusy)
        {
            return;
        }

        holder.IsBusy = true;
        try
        {
            do
            {
                holder.OnAsked();
                OnAnswer(holder, await new SubscribeOut(core, holder.Contact, key, Scope).Send());
            }
            while (holder.HasTold);
        }
        finally
        {
            holder.IsBusy = false;
        }
    }

    private void OnAnswer(SubscribedHolder holder, SubscribeAnswer? answer)
    {
        holder.IsSilent = answer is null;
        if (answer is not null && _holders.Contains(holder))
        {
            core.Subscribing.Follow(holder, answer.Transaction);
            holder.OnAnswer(answer.Reply);
            core.RunDetached(ReadAsync(holder));
        }
    }

    private bool IsNews(SubscribedHolder holder) =>
        holder.State is not ulong state || (state != holder.Read && state != _records!.State);

    /// <summary>Reads a holder in its turn, unless by then others gave what it has; again when it has something else meanwhile.</summary>
    private async CoreTask ReadAsync(SubscribedHolder holder)
    {
        if (holder.IsBeingRead)
        {
            return;
        }

        holder.IsBeingRead = true;
        try
        {
            do
            {
                while (_reads >= MaxReads && IsNews(holder))
                {
                    await core.Delay(ReadPatience, Scope);
                }
            }
            while (IsNews(holder) && await TryReadAsync(holder) && holder.State is not null);
        }
        finally
        {
            holder.IsBeingRead = false;
        }
    }

    /// <summary>Reads a holder; false when it does not answer to the end. One that is slow is read on, and keeps nobody else from being read.</summary>
    private async CoreTask<bool> TryReadAsync(SubscribedHolder holder)
    {
        bool isSlow = false;
        _reads++;
        using CoreDeadline slow = new(core, LongRead, () =>
        {
            isSlow = true;
            _reads--;
        });
        try
        {
            return await ReadNowAsync(holder);
        }
        finally
        {
            _reads -= isSlow ? 0 : 1;
        }
    }

    private async CoreTask<bool> ReadNowAsync(SubscribedHolder holder)
    {
        ulong? state = holder.State;
        long version = _records!.Version;
        bool isWhole = await ReadPagesAsync(holder);
        if (isWhole)
        {
            holder.OnRead(state);
        }

        if (_records.Version == version && _records.State != state)
        {
            holder.Distrust();
        }

        return isWhole;
    }

    /// <summary>Reads from where the change is said to be, until we know what the holder has, or have all that it gives.</summary>
    private async CoreTask<bool> ReadPagesAsync(SubscribedHolder holder)
    {
        RecordCollector collector = new(core, key, AllHolders, Scope) { Found = _records!.Offer };
        Array.ForEach([.. _records.All], collector.OfferOwn);
        int received = 0;
        for (int number = 0; number < FindValueQuestion.MaxPages; number++)
        {
            ValuePage? page = await new FindValueOut(core, holder.Contact, collector, holder.Cursor + received, Scope).Send();
            await collector.WhenIdleAsync();
            received += page?.Count ?? 0;
            if (page is not { IsNews: true } || received >= page.Held || _records.State == holder.State)
            {
                return page is not null;
            }
        }

        return true;
    }

    private sealed record Watcher(Action<RecordChange> Tell, CorePromise<bool> Ended);
}
