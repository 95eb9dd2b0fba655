namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class SmallStillNetworkTests : StillNetworkTests
{
    [Theory]
    [MemberData(nameof(SmallNetwork.Dozen), MemberType = typeof(SmallNetwork))]
    public void Fifty_nodes_that_nothing_happens_to_find_exactly_and_keep_their_word(int seed) =>
        FindsExactlyAndKeepsItsWord(seed, nodes: 50);
}
