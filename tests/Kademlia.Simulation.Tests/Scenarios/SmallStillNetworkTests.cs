namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class SmallStillNetworkTests : StillNetworkTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_hundred_nodes_that_nothing_happens_to_find_exactly_and_keep_their_word(int seed) =>
        FindsExactlyAndKeepsItsWord(seed, nodes: 100);
}
