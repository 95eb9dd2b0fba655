using BenchmarkDotNet.Attributes;

namespace Kademlia.Benchmarks;

/// <summary>The metric's two operations beside what one would write by hand over byte arrays.</summary>
[MemoryDiagnoser]
public class NodeIdBenchmarks
{
    private const int Count = 1024;

    private readonly NodeId[] _ids = new NodeId[Count];
    private readonly byte[][] _bytes = new byte[Count][];
    private NodeId _target;
    private byte[] _targetBytes = [];

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _target = NodeId.Random(random);
        _targetBytes = _target.ToByteArray();
        for (int i = 0; i < Count; i++)
        {
            _ids[i] = NodeId.Random(random);
            _bytes[i] = _ids[i].ToByteArray();
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count - 1)]
    public int CompareByteArrays()
    {
        int closer = 0;
        for (int i = 1; i < Count; i++)
        {
            closer += IsCloser(_bytes[i - 1], _bytes[i], _targetBytes) ? 1 : 0;
        }

        return closer;
    }

    [Benchmark(OperationsPerInvoke = Count - 1)]
    public int CompareDistances()
    {
        int closer = 0;
        for (int i = 1; i < Count; i++)
        {
            closer += (_ids[i - 1] ^ _target) < (_ids[i] ^ _target) ? 1 : 0;
        }

        return closer;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int CommonPrefixLength()
    {
        int bits = 0;
        foreach (NodeId id in _ids)
        {
            bits += id.CommonPrefixLength(_target);
        }

        return bits;
    }

    private static bool IsCloser(byte[] left, byte[] right, byte[] target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            int l = left[i] ^ target[i];
            int r = right[i] ^ target[i];
            if (l != r)
            {
                return l < r;
            }
        }

        return false;
    }
}
