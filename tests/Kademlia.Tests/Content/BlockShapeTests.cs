using Kademlia.Content;

namespace Kademlia.Tests.Content;

public sealed class BlockShapeTests
{
    private const long Block = BlockShape.BlockLength;
    private const long Fanout = BlockShape.Fanout;

    [Theory]
    [InlineData(0, 1, 1, 0)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(Block, 1, 1, Block)]
    [InlineData(Block + 1, 2, 2, 1)]
    [InlineData(Block * Fanout, 2, Fanout, Block)]
    [InlineData((Block * Fanout) + 1, 3, Fanout + 1, 1)]
    [InlineData(BlockShape.MaxLength - 1, 4, 1L << 30, Block - 1)]
    public void Levels_OfALength_AreAsTheSpecificationHasThem(long length, int levels, long blocks, int last)
    {
        BlockShape shape = new(length);
        Assert.Equal((levels, blocks, last), (shape.Levels, shape.CountAt(0), shape.LengthOf(0, blocks - 1)));
        Assert.Equal(1, shape.CountAt(levels - 1));
    }

    [Fact]
    public void LengthOf_OneBlockMoreThanAnElementHolds_SplitsTheLevelAbove()
    {
        BlockShape shape = new(Block * (Fanout + 1));
        Assert.Equal((2L, (int)Block, 32), (shape.CountAt(1), shape.LengthOf(1, 0), shape.LengthOf(1, 1)));
        Assert.Equal(64, shape.LengthOf(2, 0));
    }

    [Fact]
    public async Task Build_OfSmallContent_GivesTheRootsOfTheSpecification()
    {
        Assert.Equal("6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D", await RootOfAsync([]));
        byte[] two = new byte[Block + 1];
        byte[] expected = BlockHash.Of(1, [.. BlockHash.Of(0, two.AsSpan(0, (int)Block)), .. BlockHash.Of(0, two.AsSpan((int)Block))]);
        Assert.Equal(Convert.ToHexString(expected), await RootOfAsync(two));
    }

    private static async Task<string> RootOfAsync(byte[] content)
    {
        await using StreamBytes bytes = new(new MemoryStream(content));
        BlockTree tree = await BlockTree.BuildAsync(bytes, _ => { }, TestContext.Current.CancellationToken);
        return Convert.ToHexString(tree.Root);
    }
}
