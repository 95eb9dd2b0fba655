using System.Diagnostics.CodeAnalysis;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia;

/// <content>The effects: what the core wants done that takes a processor, a disk, a name server, the application or a stream.</content>
internal sealed partial class NodeHost
{
    void ICoreHost.Begin(Effect effect)
    {
        switch (effect)
        {
            case WriteEffect write:
                Begin(write);
                break;
            case LoadEffect load:
                _dispatcher.Compute(() => Load(load));
                break;
            case ResolveEffect resolve:
                _afterTurn.Add(() => Observe(ResolveAsync(resolve)));
                break;
            case TalkEffect talk:
                _dispatcher.Invoke(() => Observe(TalkAsync(talk)));
                break;
            case AskEffect ask:
                Begin(ask);
                break;
            default:
                _dispatcher.Compute(() => Compute(effect));
                break;
        }
    }

    private void Finish(Effect effect) => Turn(core => core.Complete(effect, Now));

    [SuppressMessage("Design", "CA1031", Justification = "The application's validator may throw anything; the record is then refused.")]
    private void Compute(Effect effect)
    {
        try
        {
            effect.Run();
        }
        catch (Exception e)
        {
            Log.ValidatorFailed(_logger, e);
        }

        Finish(effect);
    }

    /// <summary>Calls the store under the lock, so that it sees writes in the order of the core's; they are waited for after the turn.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A failing store loses the record, not the node.")]
    private void Begin(WriteEffect effect)
    {
        Task<bool> write;
        try
        {
            write = effect is StateEffect state ? SaveAsync(state) : WriteAsync((StoreEffect)effect);
        }
        catch (Exception e)
        {
            write = Task.FromException<bool>(e);
        }

        _afterTurn.Add(() => Observe(FinishAsync(effect, write)));
    }

    private Task<bool> WriteAsync(StoreEffect effect) => effect.Removes
        ? _store.RemoveAsync(effect.Record, _stopping.Token).AsTask()
        : _store.WriteAsync(effect.Record, effect.Replaces, _stopping.Token).AsTask();

    /// <summary>The core saves its state when the store has told of one.</summary>
    private async Task<bool> SaveAsync(StateEffect effect)
    {
        INodeStateStore store = (INodeStateStore)_store;
        if (effect.Own is null)
        {
            await store.ForgetOwnAsync(effect.Key, _stopping.Token).ConfigureAwait(false);
        }
        else
        {
            await store.SaveOwnAsync(effect.Own, _stopping.Token).ConfigureAwait(false);
        }

        return true;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A failing store loses the record, not the node.")]
    private async Task FinishAsync(WriteEffect effect, Task<bool> write)
    {
        try
        {
            effect.Succeeded = await write.ConfigureAwait(false);
        }
        catch (Exception e) when (!IsStopped)
        {
            LogFailure(effect, e);
        }
        catch
        {
            // What ended is the waiting: the store writes what it accepted before it closes.
        }

        Finish(effect);
    }

    private void LogFailure(WriteEffect effect, Exception e)
    {
        if (effect is StateEffect)
        {
            Log.StateNotSaved(_logger, e);
        }
        else
        {
            Log.StoreFailed(_logger, e);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What a store fails with is told to whoever starts the node.")]
    private void Load(LoadEffect effect)
    {
        try
        {
            effect.Records = [.. _store.Load()];
            effect.State = (_store as INodeStateStore)?.LoadState();
        }
        catch (Exception e)
        {
            effect.Failure = e;
        }

        Finish(effect);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A name that cannot be resolved is tried again.")]
    private async Task ResolveAsync(ResolveEffect effect)
    {
        try
        {
            Task<IReadOnlyList<PeerEndPoint>>[] names = [.. Bootstraps.Select(b => b.ResolveAsync(_logger, _stopping.Token))];
            IReadOnlyList<PeerEndPoint>[] endPoints = await Task.WhenAll(names).ConfigureAwait(false);
            effect.EndPoints = [.. endPoints.SelectMany(e => e)];
        }
        catch (Exception e)
        {
            Log.Unresolvable(_logger, string.Join(", ", Bootstraps.Select(b => b.Host)), e.Message);
        }

        Finish(effect);
    }

    /// <remarks>Goes on in the context that the dispatcher gave the handler: none on the thread pool, its own in simulation.</remarks>
    [SuppressMessage("Design", "CA1031", Justification = "The application's handler may throw anything; the asker is told that it failed.")]
    private async Task TalkAsync(TalkEffect effect)
    {
        try
        {
            await (OnTalk?.Invoke(effect, _stopping.Token) ?? Task.CompletedTask).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            effect.Status = TalkStatus.Failed;
            Log.HandlerFailed(_logger, effect.Protocol, e);
        }

        Finish(effect);
    }

    private void Begin(AskEffect effect)
    {
        CancellationTokenSource giveUp = new();
        effect.GiveUp = () => _afterTurn.Add(giveUp.Cancel);
        _dispatcher.Invoke(() => Observe(AskAsync(effect, giveUp)));
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a node from being asked, there is no answer.")]
    private async Task AskAsync(AskEffect effect, CancellationTokenSource giveUp)
    {
        try
        {
            using CancellationTokenRegistration stopping = _stopping.Token.UnsafeRegister(_ => giveUp.Cancel(), null);
            await (OnAsk?.Invoke(effect, giveUp.Token) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.NotAsked(_logger, effect.Contact, e.Message);
        }

        Finish(effect);
    }

    /// <summary>Nobody awaits an effect's work: it ends in a turn, or with the node.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What is left is an error of this library, which must not end the process.")]
    private async void Observe(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!IsStopped)
            {
                Log.Faulted(_logger, e);
            }
        }
    }
}
