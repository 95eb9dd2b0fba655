namespace Kademlia.Core;

/// <summary>What an operation has under way, so that cancelling it frees everything and leaves nothing to fire later.</summary>
internal sealed class CancelScope(Purpose purpose = Purpose.Calls)
{
    private readonly LinkedList<Action> _underWay = new();

    /// <summary>What its requests are counted as.</summary>
    public Purpose Purpose { get; } = purpose;

    public bool IsCancelled { get; private set; }

    public int Count => _underWay.Count;

    /// <summary>Registers how to cancel something that begins; it must be taken out with <see cref="Remove"/> when it ends.</summary>
    /// <exception cref="OperationCanceledException">The scope is cancelled: nothing may begin any more.</exception>
    public LinkedListNode<Action> Add(Action cancel)
    {
        ThrowIfCancelled();
        return _underWay.AddLast(cancel);
    }

    public void Remove(LinkedListNode<Action> registration)
    {
        if (registration.List is not null)
        {
            _underWay.Remove(registration);
        }
    }

    /// <summary>Cancels all that is under way, in the order in which it began.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        while (_underWay.First is LinkedListNode<Action> first)
        {
            _underWay.RemoveFirst();
            first.Value();
        }
    }

    public void ThrowIfCancelled()
    {
        if (IsCancelled)
        {
            throw new OperationCanceledException();
        }
    }
}
