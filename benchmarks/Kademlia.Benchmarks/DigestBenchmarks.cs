using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kademlia.Core;
using Kademlia.Identity;
using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Benchmarks;

/// <summary>What it costs a node that holds ten thousand records in common with a neighbour to compare them, beside a hash over the sorted entries.</summary>
[MemoryDiagnoser]
public class DigestBenchmarks : ICoreHost
{
    private const int Held = 10_000;
    private const int Neighbours = 19;
    private const int Others = 380;
    private const ulong Transaction = 42;

    private readonly List<DigestEntry> _offered = [];
    private readonly byte[] _sketch = new byte[DigestRequest.MaxSketched * DigestRequest.SketchedLength];
    private readonly byte[] _lacked = new byte[DigestReply.MaxLackedLength];
    private NodeCore _core = null!;
    private Contact _neighbour;
    private ulong _theirs;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        CoreOptions options = new() { Network = 1, HasIPv4 = true, HasIPv6 = false };
        _core = new NodeCore(options, NodeIdentity.Create(), EcdsaP256Scheme.Instance, this, random);
        for (int i = 0; i < Neighbours + Others; i++)
        {
            NodeId id = i < Neighbours ? Near(random, 10) : NodeId.Random(random);
            Contact contact = new(id, PeerEndPoint.Parse($"10.0.{i / 250}.{1 + (i % 250)}:7411"));
            _core.Overlays[0].Table.Add(contact, TimeSpan.Zero, out _);
            _neighbour = i == 0 ? contact : _neighbour;
        }

        RecordIndex index = _core.Holding.Index;
        for (int i = 0; i < Held; i++)
        {
            RecordKey key = new(RecordKind.Owner, Near(random, 12));
            RecordHead head = new(key, NodeId.Random(random), 1, false, NodeId.Random(random), long.MaxValue / 2, 1);
            index.TryReserve(head, default, RecordOrigin.Put, []);
            index.Commit(head);
            _offered.Add(DigestEntry.Of(head));
        }

        _theirs = Digests.Sum(_offered, Transaction);
        if (!ComputeAndCompare())
        {
            throw new InvalidOperationException("All should be in common.");
        }
    }

    [Benchmark]
    public bool ComputeAndCompare() =>
        Digests.Sum(_core.Replication.Common(_neighbour).ConvertAll(entry => entry.Digest), Transaction) == _theirs;

    [Benchmark]
    public int LookUpAWholeOffer() => _offered.Count(_core.Holding.Index.Lacks);

    [Benchmark]
    public int AnswerASketch()
    {
        IReadOnlyList<DigestEntry> sketched = _offered.GetRange(0, DigestRequest.MaxSketched);
        ReadOnlySpan<byte> sketch = Digests.Sketch(sketched, Transaction, _sketch);
        ReadOnlySpan<byte> lacked = Digests.Lacked(sketch, _core.Holding.Index.Digests, Transaction, _lacked);
        return lacked.IndexOfAnyExcept((byte)0);
    }

    [Benchmark(Baseline = true)]
    public byte[] HashOfTheSortedByHand()
    {
        byte[] bytes = new byte[Held * DigestEntry.Length];
        int at = 0;
        foreach (RecordEntry entry in _core.Holding.Index.ClosestFirst.OrderBy(entry => entry.Digest.Slot))
        {
            entry.Digest.WriteTo(bytes.AsSpan(at));
            at += DigestEntry.Length;
        }

        return SHA256.HashData(bytes);
    }

    bool ICoreHost.Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination) => true;

    Record? ICoreHost.Read(RecordKey key, NodeId writer) => null;

    void ICoreHost.Begin(Effect effect)
    {
    }

    void ICoreHost.OnRole(bool serves)
    {
    }

    void ICoreHost.OnFault(Exception failure) => throw failure;

    /// <summary>An id that shares so many leading bits with ours.</summary>
    private NodeId Near(Random random, int bits)
    {
        NodeId id = NodeId.Random(random);
        return new NodeId((id.Word0 >> bits) ^ _core.Id.Word0, id.Word1, id.Word2, id.Word3);
    }
}
