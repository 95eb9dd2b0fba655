using System.Diagnostics.CodeAnalysis;

namespace Kademlia.Content;

/// <summary>Which elements are to be fetched next: each after the one above it, blocks from the beginning to the end. Not thread-safe.</summary>
/// <remarks>Holds one element of each level, so that it takes the same memory for content of any length.</remarks>
internal sealed class BlockPlan
{
    private readonly BlockShape _shape;
    private readonly Stack<Opened> _opened = [];
    private readonly Queue<BlockWork> _again = [];
    private readonly HashSet<BlockWork> _underWay = [];
    private BlockWork? _awaited;

    public BlockPlan(Manifest manifest)
    {
        _shape = manifest.Shape;
        _opened.Push(new Opened(_shape.Levels, 0, manifest.Root));
    }

    /// <summary>Whether all was fetched.</summary>
    public bool IsDone => _opened.Count == 0 && _again.Count == 0 && _underWay.Count == 0;

    /// <summary>The next that nobody fetches; null when there is none at present.</summary>
    public BlockWork? Next()
    {
        BlockWork? next = _again.TryDequeue(out BlockWork? again) ? again : Continue();
        if (next is not null)
        {
            _underWay.Add(next);
        }

        return next;
    }

    /// <summary>Whether an element is being fetched and has not come.</summary>
    public bool IsUnderWay(BlockWork work) => _underWay.Contains(work);

    /// <summary>An element has come, and is right.</summary>
    /// <returns>False when it came before, from another.</returns>
    public bool TryComplete(BlockWork work, ReadOnlyMemory<byte> bytes)
    {
        if (!_underWay.Remove(work))
        {
            return false;
        }

        if (work == _awaited)
        {
            _awaited = null;
            _opened.Push(new Opened(work.Level, work.Element * BlockShape.Fanout, bytes.ToArray()));
        }

        return true;
    }

    /// <summary>Nobody fetches an element any more: it comes again, unless it has been fetched.</summary>
    public void Return(BlockWork work)
    {
        if (_underWay.Remove(work))
        {
            _again.Enqueue(work);
        }
    }

    private BlockWork? Continue()
    {
        while (_awaited is null && _opened.TryPeek(out Opened? top))
        {
            if (top.TryTake(out BlockWork? work))
            {
                _awaited = work.Level > 0 ? work : null;
                return work;
            }

            _opened.Pop();
        }

        return null;
    }

    /// <summary>An element above the blocks, of which the hashes are taken one by one.</summary>
    private sealed class Opened(int level, long first, ReadOnlyMemory<byte> hashes)
    {
        private int _taken;

        public bool TryTake([NotNullWhen(true)] out BlockWork? work)
        {
            int offset = _taken * BlockShape.HashLength;
            work = offset < hashes.Length ? new BlockWork(level - 1, first + _taken, hashes.Slice(offset, BlockShape.HashLength)) : null;
            _taken++;
            return work is not null;
        }
    }
}
