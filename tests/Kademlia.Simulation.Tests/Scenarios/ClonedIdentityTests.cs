using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

public sealed class ClonedIdentityTests
{
    [Theory]
    [MemberData(nameof(Dozen), MemberType = typeof(SmallNetwork))]
    public void Two_nodes_with_one_identity_do_not_break_what_others_look_for(int seed)
    {
        VirtualNetwork network = Join(seed, count: 30);
        network.Run(async () =>
        {
            KademliaNode original = network.RandomNode();
            KademliaNode clone = await network.StartNodeAsync(new KademliaOptions { Identity = original.Identity });
            Assert.Equal(original.Id, clone.Id);
            Put[] puts = await PutAsync(network, 10);
            bool[] complete = await Task.WhenAll(Others().Select(FindsAllButTheClonedAsync));
            Assert.All(complete, Assert.True);
            foreach (Put put in puts)
            {
                Assert.True(Has(await Others().First(n => n != put.Publisher).GetAsync(put.Receipt.Key), put));
            }

            IEnumerable<KademliaNode> Others() => network.Nodes.Where(n => n.Id != original.Id);

            async Task<bool> FindsAllButTheClonedAsync(KademliaNode asker)
            {
                NodeId target = NodeId.Random(network.Random);
                IReadOnlyList<Contact> found = await asker.FindClosestAsync(target);
                IEnumerable<NodeId> closest = Others().Where(n => n != asker).OrderBy(n => n.Id ^ target).Take(K - 1).Select(n => n.Id);
                return !closest.Except(found.Select(c => c.Id)).Any();
            }
        });
    }
}
