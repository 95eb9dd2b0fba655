using BenchmarkDotNet.Attributes;
using Kademlia.Routing;

namespace Kademlia.Benchmarks;

/// <summary>The closest contacts to a target, beside what one would write by hand over all contacts of the same table.</summary>
/// <remarks>Each invocation takes the next of 1,024 targets: a single one would teach the branch predictor its answer.</remarks>
[MemoryDiagnoser]
public class FindClosestBenchmarks
{
    private const int TargetCount = 1024;

    private readonly NodeId[] _targets = new NodeId[TargetCount];
    private readonly NodeId[] _nearTargets = new NodeId[TargetCount];
    private RoutingTable _table = null!;
    private Contact[] _contacts = [];
    private Contact[] _found = [];
    private int _next;

    [Params(8, 20)]
    public int Closest { get; set; }

    [Params(1_000, 100_000, 1_000_000)]
    public int Offered { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _table = new RoutingTable(NodeId.Random(random), new RoutingTableOptions());
        foreach (Contact contact in Population.Create(Offered, random))
        {
            _table.Add(contact, TimeSpan.Zero, out _);
        }

        _contacts = _table.ToArray();
        _found = new Contact[Closest];
        Contact[] neighbours = new Contact[Closest];
        _table.FindClosest(_table.Self, neighbours);
        for (int i = 0; i < TargetCount; i++)
        {
            _targets[i] = NodeId.Random(random);
            _nearTargets[i] = neighbours[random.Next(neighbours.Length)].Id;
        }
    }

    [Benchmark(Baseline = true)]
    public int InsertionByHand()
    {
        NodeId target = Next(_targets);
        int count = 0;
        foreach (Contact contact in _contacts)
        {
            int place = count;
            while (place > 0 && (contact.Id ^ target) < (_found[place - 1].Id ^ target))
            {
                place--;
            }

            if (place < _found.Length)
            {
                count = Math.Min(count + 1, _found.Length);
                Array.Copy(_found, place, _found, place + 1, count - place - 1);
                _found[place] = contact;
            }
        }

        return count;
    }

    [Benchmark]
    public int Linq()
    {
        NodeId target = Next(_targets);
        return _contacts.OrderBy(contact => contact.Id ^ target).Take(Closest).ToArray().Length;
    }

    [Benchmark]
    public int FindClosest() => _table.FindClosest(Next(_targets), _found);

    /// <summary>Targets among our own neighbours, which most requests that reach us ask for.</summary>
    [Benchmark]
    public int FindClosestNearby() => _table.FindClosest(Next(_nearTargets), _found);

    private NodeId Next(NodeId[] targets) => targets[_next++ & (TargetCount - 1)];
}
