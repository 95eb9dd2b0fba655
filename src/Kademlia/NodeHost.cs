using System.Runtime.CompilerServices;
using Kademlia.Core;
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
internal sealed partial class NodeHost : ICoreHost, IDisposable
{
    private static readonly TimeSpan WallClockInterval = TimeSpan.FromMinutes(1);

    /// <summary>Timers round down to milliseconds; a little later is due at once, a little earlier is a turn for nothing.</summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

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
}
