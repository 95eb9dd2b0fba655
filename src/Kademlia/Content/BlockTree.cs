namespace Kademlia.Content;

/// <summary>The hashes over content that is here. They take an 8,192nd of its length.</summary>
internal sealed class BlockTree
{
    private readonly byte[][] _levels;

    private BlockTree(BlockShape shape, byte[][] levels)
    {
        Shape = shape;
        _levels = levels;
    }

    public BlockShape Shape { get; }

    /// <summary>The hash of the topmost element.</summary>
    public ReadOnlySpan<byte> Root => _levels[^1];

    /// <summary>Reads content from its beginning to its end and hashes it.</summary>
    public static async Task<BlockTree> BuildAsync(ContentBytes content, Action<long> onHashed, CancellationToken cancellationToken)
    {
        BlockShape shape = new(content.Length);
        byte[][] levels = new byte[shape.Levels][];
        levels[0] = new byte[checked((int)(shape.CountAt(0) * BlockShape.HashLength))];
        byte[] block = new byte[BlockShape.BlockLength];
        for (int i = 0; i < shape.CountAt(0); i++)
        {
            Memory<byte> bytes = block.AsMemory(0, shape.LengthOf(0, i));
            await content.ReadAsync((long)i * BlockShape.BlockLength, bytes, cancellationToken).ConfigureAwait(false);
            BlockHash.Of(0, bytes.Span).CopyTo(levels[0], i * BlockShape.HashLength);
            onHashed(bytes.Length);
        }

        for (int level = 1; level < levels.Length; level++)
        {
            levels[level] = HashesOf(shape, level, levels[level - 1]);
        }

        return new BlockTree(shape, levels);
    }

    /// <summary>The bytes of an element above the blocks: the hashes of those below it.</summary>
    public ReadOnlyMemory<byte> Element(int level, long element) =>
        _levels[level - 1].AsMemory((int)element * BlockShape.BlockLength, Shape.LengthOf(level, element));

    private static byte[] HashesOf(BlockShape shape, int level, byte[] below)
    {
        byte[] hashes = new byte[shape.CountAt(level) * BlockShape.HashLength];
        for (int i = 0; i < shape.CountAt(level); i++)
        {
            BlockHash.Of(level, below.AsSpan(i * BlockShape.BlockLength, shape.LengthOf(level, i))).CopyTo(hashes, i * BlockShape.HashLength);
        }

        return hashes;
    }
}
