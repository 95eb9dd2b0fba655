using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Transport;
using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>Drives one core in real time: the lock, the socket, the timer, the effects and the callers' tasks.</summary>
/// <remarks>
/// Every input takes the lock, runs one turn of the core, and releases it; datagrams leave during the turn, without blocking.
/// What must not run under the lock is put aside: effects that wait are begun after its release; signing, verifying, handlers and the
/// completion of callers' tasks go to the <see cref="NodeDispatcher"/>.
/// </remarks>
internal sealed class NodeHost : ICoreHost, IDisposable
{
    private static readonly TimeSpan WallClockInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly IDatagramTransport _transport;
    private readonly IRecordStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NodeDispatcher _dispatcher;
    private readonly Action _roleChanged;
    private readonly long _started;
    private readonly ITimer _timer;
    private readonly ITimer _wallClock;
    private readonly CancellationTokenSource _stopping = new();
    private List<Action> _afterTurn = [];
    private TimeSpan _armedFor = TimeSpan.MaxValue;

    public NodeHost(CoreOptions options, NodeIdentity identity, HostServices services)
    {
        _transport = services.Transport;
        _store = services.Store;
        _time = services.Time;
        _logger = services.Logger;
        _dispatcher = services.Dispatcher;
        _roleChanged = services.RoleChanged;
        Bootstraps = services.Bootstraps;
        _started = _time.GetTimestamp();
        Core = new NodeCore(options, identity, services.Signatures, this, services.Random);
        Core.ObserveWallClock(Now, _time.GetUtcNow());
        _timer = _time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _wallClock = _time.CreateTimer(_ => OnWallClock(), null, WallClockInterval, WallClockInterval);
    }

    /// <summary>The core. Its state may be read under <see cref="Read{T}"/> only.</summary>
    public NodeCore Core { get; }

    /// <summary>Where the network is entered.</summary>
    public IReadOnlyList<Bootstrap> Bootstraps { get; }

    /// <summary>Answers the application's messages.</summary>
    public Func<TalkEffect, CancellationToken, Task>? OnTalk { get; set; }

    /// <summary>Asks other nodes over streams.</summary>
    public Func<AskEffect, CancellationToken, Task>? OnAsk { get; set; }

    public bool IsStopped => _stopping.IsCancellationRequested;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>Begins to receive.</summary>
    public void Start() => _transport.Start(OnDatagram);

    /// <summary>Runs an operation of the core; the task completes outside the lock.</summary>
    public async Task<T> RunAsync<T>(
        Func<NodeCore, CancelScope, CoreTask<T>> work, CancellationToken cancellationToken, [CallerMemberName] string name = "")
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<T> completion = new();
        long operation = _dispatcher.Begin(name);
        CancelScope scope = Turn(core => core.Call(s => work(core, s), End, Now));
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            _ => Turn(core => core.Cancel(scope, Now)), null);
        try
        {
            return await completion.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(KademliaNode), "The node stopped before the operation ended.");
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException("The operation was cancelled by its caller.", e, cancellationToken);
        }

        void End(T? result, Exception? failure) => _dispatcher.Complete(() =>
        {
            _dispatcher.End(operation);
            Complete(completion, result, failure);
        });
    }

    /// <summary>Reads the core's state under the lock.</summary>
    public T Read<T>(Func<NodeCore, T> read)
    {
        lock (_gate)
        {
            return read(Core);
        }
    }

    /// <summary>Does something under the lock, as a turn of its own.</summary>
    public void Turn(Action<NodeCore> input) => Turn(core =>
    {
        input(core);
        return true;
    });

    /// <summary>Stops: cancels everything, closes the socket and the store. Nothing is called back afterwards.</summary>
    public void Dispose()
    {
        Turn(core => core.Stop(Now));
        _stopping.Cancel();
        _timer.Dispose();
        _wallClock.Dispose();
        _transport.Dispose();
        _store.Dispose();
    }

    bool ICoreHost.Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination) => _transport.Send(datagram, destination);

    Record? ICoreHost.Read(RecordKey key, NodeId writer) => _store.Read(key, writer);

    void ICoreHost.OnRole(bool serves)
    {
        Log.RoleChanged(_logger, serves ? NodeRole.Server : NodeRole.Client);
        _roleChanged();
    }

    void ICoreHost.OnFault(Exception failure) => Log.Faulted(_logger, failure);

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

    private static void Complete<T>(TaskCompletionSource<T> completion, T? result, Exception? failure)
    {
        switch (failure)
        {
            case null:
                completion.SetResult(result!);
                break;
            case OperationCanceledException:
                completion.SetCanceled();
                break;
            default:
                completion.SetException(failure);
                break;
        }
    }

    private void OnDatagram(ReadOnlySpan<byte> datagram, PeerEndPoint from)
    {
        List<Action>? afterTurn;
        lock (_gate)
        {
            Core.Receive(datagram, from, Now);
            afterTurn = EndTurn();
        }

        RunAfterTurn(afterTurn);
    }

    private void OnTimer() => Turn(core =>
    {
        _armedFor = TimeSpan.MaxValue;
        core.Advance(Now);
    });

    private void OnWallClock() => Turn(core => core.ObserveWallClock(Now, _time.GetUtcNow()));

    private T Turn<T>(Func<NodeCore, T> input)
    {
        T result;
        List<Action>? afterTurn;
        lock (_gate)
        {
            result = input(Core);
            afterTurn = EndTurn();
        }

        RunAfterTurn(afterTurn);
        return result;
    }

    /// <summary>Arms the timer and takes what is to be done without the lock.</summary>
    private List<Action>? EndTurn()
    {
        if (Core.NextDeadline is TimeSpan due && due < _armedFor && !IsStopped)
        {
            _armedFor = due;
            TimeSpan wait = due - Now;
            _timer.Change(wait > TimeSpan.Zero ? wait + TimerGrain : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        if (_afterTurn.Count == 0)
        {
            return null;
        }

        List<Action> taken = _afterTurn;
        _afterTurn = [];
        return taken;
    }

    /// <summary>Timers round down to milliseconds; a little later is due at once, a little earlier is a turn for nothing.</summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    private static void RunAfterTurn(List<Action>? actions)
    {
        if (actions is not null)
        {
            foreach (Action action in actions)
            {
                action();
            }
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
