using BenchmarkDotNet.Attributes;
using Kademlia.Lookups;

namespace Kademlia.Benchmarks;

/// <summary>A whole lookup for the 20 closest, every node's table searched on the way, beside the loop over a list that one would write by hand.</summary>
/// <remarks>Nobody fails, is slow or lies here, and the loop by hand could cope with none of it. Each invocation takes the next of 1,024 targets.</remarks>
[MemoryDiagnoser]
public class LookupBenchmarks
{
    private const int BucketSize = 20;
    private const int TargetCount = 1024;
    private const int CheckedCount = 64;

    private readonly NodeId[] _targets = new NodeId[TargetCount];
    private readonly NodeId[] _starts = new NodeId[TargetCount];
    private readonly Contact[] _reply = new Contact[BucketSize];
    private readonly Contact[] _found = new Contact[BucketSize];
    private readonly LookupOptions _options = new() { BucketSize = BucketSize };
    private TableNetwork _network = null!;
    private int _next;

    [Params(1_000, 10_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _network = new TableNetwork(Nodes, random);
        for (int i = 0; i < TargetCount; i++)
        {
            _targets[i] = NodeId.Random(random);
            _starts[i] = _network.Contacts[random.Next(Nodes)].Id;
        }

        for (int i = 0; i < CheckedCount; i++)
        {
            ThrowIfNotClosest(FindByList(_starts[i], _targets[i]), _targets[i]);
            Run(_starts[i], _targets[i]);
            ThrowIfNotClosest(_found, _targets[i]);
        }
    }

    [Benchmark(Baseline = true)]
    public int ListByHand()
    {
        (NodeId start, NodeId target) = Next();
        return FindByList(start, target).Count;
    }

    [Benchmark]
    public int Lookup()
    {
        (NodeId start, NodeId target) = Next();
        return Run(start, target);
    }

    private List<Contact> FindByList(NodeId start, NodeId target)
    {
        HashSet<NodeId> asked = [];
        List<Contact> closest = [.. _reply.Take(_network.Ask(start, target, _reply))];
        while (closest.FindIndex(contact => !asked.Contains(contact.Id)) is >= 0 and int index)
        {
            asked.Add(closest[index].Id);
            int count = _network.Ask(closest[index].Id, target, _reply);
            closest = [.. closest.Concat(_reply.Take(count)).Distinct().OrderBy(contact => contact.Id ^ target).Take(BucketSize)];
        }

        return closest;
    }

    private int Run(NodeId start, NodeId target)
    {
        Lookup lookup = new(target, _options);
        int count = _network.Ask(start, target, _reply);
        foreach (Contact contact in _reply.AsSpan(0, count))
        {
            lookup.Offer(contact);
        }

        while (lookup.Next(out Contact contact) == LookupStep.Ask)
        {
            count = _network.Ask(contact.Id, target, _reply);
            lookup.OnReply(contact, _reply.AsSpan(0, count), more: false);
        }

        return lookup.CopyClosest(_found);
    }

    /// <summary>What finds the wrong nodes is not worth measuring.</summary>
    private void ThrowIfNotClosest(IEnumerable<Contact> found, NodeId target)
    {
        if (!found.SequenceEqual(_network.Contacts.OrderBy(contact => contact.Id ^ target).Take(BucketSize)))
        {
            throw new InvalidOperationException($"These are not the closest to {target}.");
        }
    }

    private (NodeId Start, NodeId Target) Next()
    {
        _next = (_next + 1) & (TargetCount - 1);
        return (_starts[_next], _targets[_next]);
    }
}
