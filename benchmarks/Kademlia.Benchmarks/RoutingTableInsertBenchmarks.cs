using BenchmarkDotNet.Attributes;
using Kademlia.Routing;

namespace Kademlia.Benchmarks;

/// <summary>Filling a table, beside the dictionary of lists that one would write by hand, without limits and without failures.</summary>
[MemoryDiagnoser]
public class RoutingTableInsertBenchmarks
{
    private const int Count = 100_000;
    private const int BucketSize = 20;

    private readonly Contact[] _contacts = Population.Create(Count, new Random(1));
    private readonly NodeId _self = NodeId.Random(new Random(2));

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int ListsByHand()
    {
        Dictionary<int, List<Contact>> buckets = [];
        foreach (Contact contact in _contacts)
        {
            int index = contact.Id.CommonPrefixLength(_self);
            if (!buckets.TryGetValue(index, out List<Contact>? bucket))
            {
                buckets[index] = bucket = [];
            }

            bool isKnown = bucket.Exists(known => known.Id == contact.Id || known.EndPoint == contact.EndPoint);
            if (!isKnown && bucket.Count < BucketSize)
            {
                bucket.Add(contact);
            }
        }

        return buckets.Count;
    }

    /// <summary>Most find their bucket full, and take the place of the oldest replacement.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Add()
    {
        RoutingTable table = new(_self, new RoutingTableOptions());
        foreach (Contact contact in _contacts)
        {
            table.Add(contact, TimeSpan.Zero, out _);
        }

        return table.Count;
    }

    /// <summary>As a node does: the contacts that the table has no use for are not offered.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int AddWanted()
    {
        RoutingTable table = new(_self, new RoutingTableOptions());
        foreach (Contact contact in _contacts)
        {
            if (table.Wants(contact))
            {
                table.Add(contact, TimeSpan.Zero, out _);
            }
        }

        return table.Count;
    }
}
