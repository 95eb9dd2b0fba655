using BenchmarkDotNet.Attributes;
using Kademlia.Simulation;

namespace Kademlia.Benchmarks;

/// <summary>What carrying one datagram costs the simulator itself, beside the priority queue and the dictionary that one would write by hand.</summary>
/// <remarks>
/// A thousand actors, each of which passes on what comes to another at random: 1,000 datagrams of 400 bytes are always under way, on lognormal links.
/// By hand nothing is traced, counted or checked, and datagrams are not copied; the draws are the same.
/// </remarks>
[MemoryDiagnoser]
public class SimulationBenchmarks
{
    private const int Places = 1000;
    private const int Datagrams = 100_000;
    private const int Length = 400;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly VirtualNetwork _network = new(seed: 1);
    private readonly PriorityQueue<(byte[] Bytes, PeerEndPoint To), long> _queue = new();
    private readonly Dictionary<PeerEndPoint, Action<byte[], long>> _places = [];
    private readonly LognormalLatency _latency = new();
    private readonly Random _random = new(1);
    private long _handled;

    [GlobalSetup]
    public void Setup()
    {
        PasserOn[] actors = [.. Enumerable.Range(0, Places).Select(_ => new PasserOn())];
        Array.ForEach(actors, actor => actor.Others = actors);
        Array.ForEach(actors, actor => _network.Admit(actor));
        Array.ForEach(actors, actor => actor.PassOn(new byte[Length]));
        PeerEndPoint[] endPoints = [.. actors.Select(a => a.EndPoint)];
        foreach (PeerEndPoint endPoint in endPoints)
        {
            _places[endPoint] = (bytes, now) => Send(bytes, endPoint, endPoints[_random.Next(Places)], now);
            _places[endPoint](new byte[Length], 0);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Datagrams)]
    public long ByHand()
    {
        for (int i = 0; i < Datagrams; i++)
        {
            _queue.TryDequeue(out (byte[] Bytes, PeerEndPoint To) next, out long now);
            _handled++;
            _places[next.To](next.Bytes, now);
        }

        return _handled;
    }

    /// <summary>Runs until so many have arrived, and a few of the next step.</summary>
    [Benchmark(OperationsPerInvoke = Datagrams)]
    public long Carry()
    {
        long end = _network.Counters.Delivered + Datagrams;
        while (_network.Counters.Delivered < end)
        {
            _network.Run(Step);
        }

        return end;
    }

    private void Send(byte[] bytes, PeerEndPoint from, PeerEndPoint to, long now) =>
        _queue.Enqueue((bytes, to), now + _latency.OneWay(from, to, _random).Ticks);

    /// <summary>Passes on what comes to another at random.</summary>
    private sealed class PasserOn : Actor
    {
        public PasserOn[] Others { get; set; } = [];

        public void PassOn(ReadOnlySpan<byte> datagram) => Send(datagram, Others[Network.Random.Next(Others.Length)].EndPoint);

        protected override void Receive(Flight flight) => PassOn(flight.Bytes);
    }
}
