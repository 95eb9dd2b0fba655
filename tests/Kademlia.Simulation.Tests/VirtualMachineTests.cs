namespace Kademlia.Simulation.Tests;

public sealed class VirtualMachineTests
{
    private readonly VirtualNetwork _network = new(seed: 1);

    [Fact]
    public void A_killed_node_ends_its_callers_operations_and_is_silent() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(10);
        Task<GetResult> get = nodes[4].GetAsync(RecordKey.ForName("x"));
        VirtualMachine machine = _network.MachineOf(nodes[4]);
        machine.Kill();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => get);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => nodes[4].GetAsync(RecordKey.ForName("x")));
        Assert.DoesNotContain(nodes[4], _network.Nodes);
        Assert.Null(await nodes[0].PingAsync(machine.EndPoints[0]));
    });

    [Fact]
    public void A_restarted_machine_has_its_identity_and_its_records() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(5);
        await nodes[0].PutAsync("a", new byte[] { 1 });
        VirtualMachine machine = _network.MachineOf(nodes[4]);
        NodeId id = nodes[4].Id;
        KademliaNode again = await machine.RestartAsync();
        Assert.Equal(id, again.Id);
        Assert.Equal(1, again.Info.Records);
        Assert.NotEqual(id, (await machine.RestartAsync(keepDisk: false)).Id);
    });

    [Fact]
    public void A_disk_that_loses_flushes_forgets_the_last_writes_with_the_power() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(3);
        VirtualMachine machine = _network.MachineOf(nodes[2]);
        await nodes[0].PutAsync("kept", new byte[1]);
        machine.Disk.LosesFlushes = true;
        machine.Disk.Unflushed = 1;
        await nodes[0].PutAsync("lost", new byte[1]);
        Assert.Equal(2, machine.Disk.Count);
        machine.Kill();
        Assert.Equal(1, machine.Disk.Count);
        Assert.Equal(1, machine.Disk.LostWrites);
    });

    [Fact]
    public void A_write_that_the_power_tears_leaves_what_was_there_before_and_the_node_starts() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(3);
        VirtualMachine machine = _network.MachineOf(nodes[2]);
        PutReceipt receipt = await nodes[0].PutAsync("a", new byte[] { 1 });
        await machine.RestartAsync();
        IReadOnlyList<Contact> before = machine.Disk.Contacts;
        machine.Disk.TearsWrites = true;
        await _network.StartNodeAsync();
        await nodes[0].PutAsync("a", new byte[] { 2 });
        Assert.Equal(3, machine.Node!.Info.Contacts);
        machine.Kill();
        Assert.Equal(2, machine.Disk.TornWrites);
        Assert.Equal(2, before.Count);
        Assert.Equal(before, machine.Disk.Contacts);
        Assert.Equal([1], machine.Disk.Open().Read(receipt.Key, nodes[0].Id)!.Value.ToArray());
        KademliaNode again = await machine.RestartAsync();
        Assert.Equal([2], (await again.GetAsync(receipt.Key)).Value.ToArray());
        Assert.True(again.Joined.IsCompletedSuccessfully);
    });

    [Fact]
    public void A_full_disk_refuses_and_the_receipt_says_so() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(3);
        VirtualDisk disk = _network.MachineOf(nodes[2]).Disk;
        disk.IsFull = true;
        PutReceipt receipt = await nodes[0].PutAsync("a", new byte[1]);
        Assert.Equal(1, disk.Failed);
        Assert.Equal(StoreOutcome.Refused, Assert.Single(receipt.Verdicts, v => v.Contact.Id == nodes[2].Id).Outcome);
        Assert.Equal(2, receipt.Stored);
    });

    [Fact]
    public void A_paused_machine_answers_when_it_goes_on() => _network.Run(async () =>
    {
        IReadOnlyList<KademliaNode> nodes = await _network.StartNodesAsync(2);
        _network.MachineOf(nodes[1]).PauseFor(TimeSpan.FromMilliseconds(800));
        TimeSpan before = _network.Now;
        Assert.NotNull(await nodes[0].PingAsync(nodes[1].LocalEndPoints[0]));
        Assert.InRange(_network.Now - before, TimeSpan.FromMilliseconds(800), TimeSpan.FromSeconds(2));
    });

    [Fact]
    public void What_leads_out_of_the_network_is_refused_by_name()
    {
        ArgumentException told = Assert.Throws<ArgumentException>(
            () => _network.Run(() => _network.StartNodeAsync(new KademliaOptions { StateFile = "node.state" })));
        Assert.Contains(nameof(KademliaOptions.StateFile), told.Message, StringComparison.Ordinal);
        using NodeIdentity real = NodeIdentity.Create();
        Assert.Throws<ArgumentException>(() => _network.Run(() => _network.StartNodeAsync(new KademliaOptions { Identity = real })));
    }

    [Fact]
    public void Dual_stack_machines_join_IPv4_and_IPv6_machines() => _network.Run(async () =>
    {
        KademliaNode dual = await _network.AddMachine(ipv4: true, ipv6: true).StartAsync();
        KademliaNode four = await _network.AddMachine().StartAsync();
        KademliaNode six = await _network.AddMachine(ipv4: false, ipv6: true).StartAsync();
        PutReceipt receipt = await four.PutAsync("a", new byte[1]);
        Assert.Equal(2, receipt.Stored);
        Assert.True((await six.GetAsync(receipt.Key)).Found);
        Assert.True((await dual.GetAsync(receipt.Key)).Found);
    });
}
