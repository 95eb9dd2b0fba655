namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Networks of one to five nodes, which all enter through the first.</summary>
public sealed class FewNodesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly VirtualNetwork _network = new(seed: 1) { Latency = SmallNetwork.NearLinks };
    private readonly List<VirtualMachine> _machines = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Everybody_holds_and_reads_what_anybody_puts_until_it_is_deleted(int count) => _network.Run(async () =>
    {
        await StartAsync(count);
        PutReceipt[] puts = await PutByAllAsync();
        Assert.All(puts, put => Assert.Equal((count, count), (put.Stored, put.Wanted)));
        Assert.All(await ReadByAllAsync(puts), result => Assert.True(result.Found));
        foreach (KademliaNode node in Nodes)
        {
            Assert.Equal(count, (await node.DeleteAsync("record")).Stored);
        }

        Assert.All(await ReadByAllAsync(puts), result => Assert.True(result.IsDeleted && !result.Found));
    });

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, false)]
    [InlineData(5, 0, false)]
    [InlineData(2, 1, false)]
    [InlineData(5, 4, false)]
    [InlineData(2, 1, true)]
    [InlineData(5, 4, true)]
    public void What_the_only_one_holds_that_was_not_restarted_is_found(int count, int survivor, bool keepDisk) => _network.Run(async () =>
    {
        await StartAsync(count);
        PutReceipt[] puts = await PutByAllAsync();
        VirtualMachine[] restarting = [.. _machines.Where((_, i) => i != survivor)];
        Array.ForEach(restarting, m => m.Kill());
        await _network.DelayAsync(Minute);
        await Task.WhenAll(restarting.Select(m => m.RestartAsync(keepDisk)));
        bool finds = keepDisk || survivor == 0;
        await _network.DelayAsync(finds ? Minute : 60 * Minute);
        Assert.All(await ReadByAllAsync(puts), result => Assert.True(result.Found));
        Assert.All(Nodes, node => Assert.Equal((count - 1, count), (node.Info.Contacts, node.Info.Records)));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void A_bootstrap_node_that_comes_back_as_another_is_where_the_network_is_entered_again(int minutesAway) => _network.Run(async () =>
    {
        await StartAsync(5);
        PutReceipt[] puts = await PutByAllAsync();
        NodeId before = _machines[0].Node!.Id;
        _machines[0].Kill();
        await _network.DelayAsync(minutesAway * Minute);
        await _machines[0].RestartAsync(keepDisk: false);
        await _network.DelayAsync(60 * Minute);
        await StartAsync(1);
        Assert.Equal(puts.Length, _machines[^1].Node!.Info.Contacts);
        Assert.All(Nodes, node => Assert.DoesNotContain(node.Contacts, c => c.Id == before));
        Assert.All(await ReadByAllAsync(puts), result => Assert.True(result.Found));
    });

    private IEnumerable<KademliaNode> Nodes => _machines.Select(m => m.Node!);

    private KademliaOptions Options => new() { Bootstrap = { _machines[0].ToString() } };

    /// <summary>Starts nodes that lose their records with the power, as if they had them in memory, but neither their identity nor their contacts.</summary>
    private async Task StartAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _machines.Add(_network.AddMachine());
            (_machines[^1].Disk.LosesFlushes, _machines[^1].Disk.Unflushed) = (true, int.MaxValue);
            await _machines[^1].StartAsync(Options);
        }

        await _network.DelayAsync(Minute);
    }

    private Task<PutReceipt[]> PutByAllAsync() => Task.WhenAll(Nodes.Select(n => n.PutAsync("record", n.Id.ToByteArray())));

    private Task<GetResult[]> ReadByAllAsync(PutReceipt[] puts) =>
        Task.WhenAll(Nodes.SelectMany(n => puts.Select(p => n.GetAsync(p.Key))));
}
