namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class LargeStillNetworkTests : StillNetworkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_hundred_nodes_that_nothing_happens_to_find_exactly_and_keep_their_word(int seed) =>
        FindsExactlyAndKeepsItsWord(seed, nodes: 200);
}
