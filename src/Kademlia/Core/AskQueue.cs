namespace Kademlia.Core;

/// <summary>Asks over streams: no more at once than leave room for what others open, in all and with one node. The rest wait in their order.</summary>
internal sealed class AskQueue(NodeCore core)
{
    private readonly Dictionary<NodeId, int> _asked = [];
    private readonly LinkedList<Waiting> _waiting = new();
    private int _underWay;

    /// <summary>Asks when it is its turn. It may be given up before, as after.</summary>
    public async CoreTask AskAsync(AskEffect ask, CancelScope scope)
    {
        NodeId asked = ask.Contact.Id;
        if (HasRoom(asked))
        {
            Begin(asked);
        }
        else
        {
            await WaitAsync(ask, scope);
        }

        try
        {
            await core.Perform(ask, scope);
        }
        finally
        {
            End(asked);
        }
    }

    private bool HasRoom(NodeId asked) =>
        _underWay < core.Options.MaxAsking && _asked.GetValueOrDefault(asked) < core.Options.MaxAskingOne;

    private void Begin(NodeId asked)
    {
        _underWay++;
        _asked[asked] = _asked.GetValueOrDefault(asked) + 1;
    }

    private void End(NodeId asked)
    {
        _underWay--;
        if (--_asked[asked] == 0)
        {
            _asked.Remove(asked);
        }

        LinkedListNode<Waiting>? next = _waiting.First;
        while (next is not null && !HasRoom(next.Value.Asked))
        {
            next = next.Next;
        }

        if (next is not null)
        {
            _waiting.Remove(next);
            Begin(next.Value.Asked);
            next.Value.Turn.Keep(true);
        }
    }

    private async CoreTask WaitAsync(AskEffect ask, CancelScope scope)
    {
        CorePromise<bool> turn = new(core.Ready);
        LinkedListNode<Waiting> waiting = new(new Waiting(ask.Contact.Id, turn));
        ask.GiveUp = () =>
        {
            if (waiting.List is not null)
            {
                _waiting.Remove(waiting);
                turn.Break(new OperationCanceledException());
            }
        };
        LinkedListNode<Action> registration = scope.Add(ask.GiveUp);
        _waiting.AddLast(waiting);
        try
        {
            await turn;
        }
        finally
        {
            scope.Remove(registration);
        }
    }

    /// <summary>Who is to be asked, and what is kept when it is its turn.</summary>
    private readonly record struct Waiting(NodeId Asked, CorePromise<bool> Turn);
}
