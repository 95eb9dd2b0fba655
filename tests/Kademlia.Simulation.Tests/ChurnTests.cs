namespace Kademlia.Simulation.Tests;

public sealed class ChurnTests
{
    [Fact]
    public void Sessions_have_the_median_asked_for()
    {
        WeibullSessions sessions = new(TimeSpan.FromMinutes(20));
        Random random = new(1);
        TimeSpan[] drawn = [.. Enumerable.Range(0, 10_001).Select(_ => sessions.Draw(random)).Order()];
        Assert.InRange(drawn[5_000], TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(21));
    }

    [Fact]
    public void Nodes_come_and_go_and_their_number_stays()
    {
        VirtualNetwork network = new(seed: 5);
        network.Run(() => network.StartNodesAsync(30));
        KademliaNode[] first = [.. network.Nodes];
        Churn churn = Churn.Start(network, new WeibullSessions(TimeSpan.FromMinutes(5)), graceful: 0.5, stayers: [first[0]]);
        network.Run(TimeSpan.FromHours(1));
        Assert.True(churn.Ended > 30);
        Assert.Equal(30, network.Nodes.Count);
        Assert.Contains(first[0], network.Nodes);
        Assert.True(network.Nodes.Except(first).Count() > 15);
        churn.Stop();
        int ended = churn.Ended;
        network.Run(TimeSpan.FromHours(1));
        Assert.Equal(ended, churn.Ended);
    }
}
