using Kademlia.Core;
using Kademlia.Records;

namespace Kademlia.Tests.Core;

/// <summary>One node of a <see cref="World"/>: the real core with the world as its host.</summary>
internal sealed class WorldNode : ICoreHost, IDisposable
{
    private readonly World _world;
    private readonly MemoryRecordStore _store = new();
    private readonly TimeSpan _started;
    private TimeSpan _armedFor = TimeSpan.MaxValue;

    public WorldNode(World world, IReadOnlyList<PeerEndPoint> endPoints, CoreOptions options, NodeIdentity identity, Random random)
    {
        _world = world;
        _started = world.Now;
        EndPoints = endPoints;
        Core = new NodeCore(options, identity, world.Scheme, this, random);
        Core.ObserveWallClock(Now, world.Wall);
    }

    /// <summary>Where it is, at most once in each address family.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; }

    public PeerEndPoint EndPoint => EndPoints[0];

    public NodeCore Core { get; }

    public NodeId Id => Core.Id;

    public Contact Contact => new(Id, EndPoint);

    public IReadOnlyList<PeerEndPoint> Bootstrap { get; set; } = [];

    public bool IsDead { get; set; }

    /// <summary>Answers talk; null for nobody.</summary>
    public Func<TalkEffect, ReadOnlyMemory<byte>>? OnTalk { get; set; }

    private TimeSpan Now => _world.Now - _started;

    /// <summary>Starts the node's own work: joining and upkeep.</summary>
    public WorldOperation<bool> Begin() => Call((core, scope) => core.Upkeep.StartAsync([], TimeSpan.FromSeconds(5), scope));

    public WorldOperation<T> Call<T>(Func<NodeCore, CancelScope, CoreTask<T>> work)
    {
        WorldOperation<T> operation = new(this);
        operation.Scope = Core.Call(s => work(Core, s), operation.End, Now);
        Arm();
        return operation;
    }

    public void Cancel(CancelScope scope)
    {
        Core.Cancel(scope, Now);
        Arm();
    }

    public void Stop()
    {
        Core.Stop(Now);
        _world.OnInput(this);
        _world.Kill(this);
    }

    public void Dispose() => _store.Dispose();

    public void Receive(ReadOnlySpan<byte> datagram, PeerEndPoint from)
    {
        Core.Receive(datagram, from, Now);
        Arm();
    }

    bool ICoreHost.Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination)
    {
        PeerEndPoint from = EndPoints.FirstOrDefault(e => e.IsIPv4 == destination.IsIPv4);
        if (IsDead || from == default)
        {
            return false;
        }

        _world.Carry(from, destination, datagram.ToArray());
        return true;
    }

    Record? ICoreHost.Read(RecordKey key, NodeId writer) => _store.Read(key, writer);

    void ICoreHost.OnRole(bool serves)
    {
    }

    void ICoreHost.OnFault(Exception failure) => throw new InvalidOperationException("The core failed.", failure);

    void ICoreHost.Begin(Effect effect) => _world.AfterEffect(() =>
    {
        if (!IsDead)
        {
            Perform(effect);
            Core.Complete(effect, Now);
            Arm();
        }
    });

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case StoreEffect { Removes: true } remove:
                remove.Succeeded = _store.RemoveAsync(remove.Record, default).AsTask().Result;
                break;
            case StoreEffect write:
                write.Succeeded = _store.WriteAsync(write.Record, write.Replaces, default).AsTask().Result;
                break;
            case LoadEffect load:
                load.Records = [.. _store.Load()];
                break;
            case ResolveEffect resolve:
                resolve.EndPoints = Bootstrap;
                break;
            case TalkEffect talk when OnTalk is not null:
                talk.Answer = OnTalk(talk);
                talk.Status = Messages.TalkStatus.Answered;
                break;
            default:
                effect.Run();
                break;
        }
    }

    private void Arm()
    {
        _world.OnInput(this);
        if (Core.NextDeadline is TimeSpan due && due < _armedFor && !IsDead)
        {
            _armedFor = due;
            _world.At(_started + due, Advance);
        }
    }

    private void Advance()
    {
        if (!IsDead)
        {
            _armedFor = TimeSpan.MaxValue;
            Core.Advance(Now);
            Arm();
        }
    }
}

/// <summary>An operation of a node in a <see cref="World"/>.</summary>
internal sealed class WorldOperation<T>(WorldNode node)
{
    private T? _result;

    public CancelScope? Scope { get; set; }

    public bool IsEnded { get; private set; }

    /// <summary>How often it ended: exactly once.</summary>
    public int Ends { get; private set; }

    public Exception? Failure { get; private set; }

    public T Result => Failure is null ? _result! : throw new InvalidOperationException("The operation failed.", Failure);

    public void Cancel() => node.Cancel(Scope!);

    public void End(T? result, Exception? failure)
    {
        _result = result;
        Failure = failure;
        IsEnded = true;
        Ends++;
    }
}
