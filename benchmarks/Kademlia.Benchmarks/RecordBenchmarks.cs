using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kademlia.Identity;
using Kademlia.Records;

namespace Kademlia.Benchmarks;

/// <summary>What believing, signing and placing a record costs, beside the platform's bare verification with a key that is ready.</summary>
[MemoryDiagnoser]
public class RecordBenchmarks
{
    private const ulong Network = 1;
    private const long Now = 1_900_000_000;
    private const int Held = 10_000;

    private readonly NodeIdentity _identity = NodeIdentity.Create();
    private readonly RecordVerifier _verifier = new(EcdsaP256Scheme.Instance, Network);
    private readonly List<RecordEntry> _evicted = [];
    private readonly RecordIndex _index = new(default, new RecordLimits { MaxRecords = Held, MaxRecordsPerGroup = Held });
    private RecordHead[] _heads = [];
    private RecordDraft _draft = null!;
    private Record _record = null!;
    private ECDsa _platform = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _draft = RecordDraft.Owner(_identity, Network, "greeting"u8, 1, Now, new byte[256]);
        _record = _draft.Complete(_identity.Sign(_draft.Preimage));
        _platform = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = _identity.PublicKey[..32].ToArray(), Y = _identity.PublicKey[32..].ToArray() },
        });
        Random random = new(1);
        RecordHead head = RecordHead.Of(_record);
        _heads = [.. Enumerable.Range(0, 2 * Held).Select(_ => head with { Key = new RecordKey(RecordKind.Owner, NodeId.Random(random)) })];
        Array.ForEach(_heads, Store);
    }

    [Benchmark(Baseline = true)]
    public bool VerifyByPlatform() => _platform.VerifyData(_draft.Preimage, _record.Signature.Span, HashAlgorithmName.SHA256);

    [Benchmark]
    public bool VerifyRecord() => _verifier.IsSigned(_record.View);

    [Benchmark]
    public byte[] Sign() => _identity.Sign(_draft.Preimage);

    [Benchmark]
    public bool ExamineAndAnswer() =>
        _verifier.Examine(_record.View, Now) == RecordFault.None && RecordVerifier.Answers(_record.View, _record.Key);

    [Benchmark]
    public StoreOutcome Judge() => _index.Judge(_heads[Next()], RecordIndex.Unconditional);

    [Benchmark]
    public void ReserveAndCommitInAFullIndex() => Store(_heads[Next()]);

    private int Next() => _next = (_next + 1) % _heads.Length;

    private void Store(RecordHead head)
    {
        _evicted.Clear();
        if (!_index.IsHeld(head) && _index.TryReserve(head, default, RecordOrigin.Put, _evicted))
        {
            _index.Commit(head);
        }
    }
}
