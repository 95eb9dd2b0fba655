namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class LargeStillNetworkTests : StillNetworkTests
{
    [Fact]
    public void Two_hundred_nodes_that_nothing_happens_to_find_exactly_and_keep_their_word() =>
        FindsExactlyAndKeepsItsWord(seed: 1, nodes: 200);
}
