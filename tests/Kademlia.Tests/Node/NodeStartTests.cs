using System.Net;
using System.Net.Sockets;
using Kademlia.Tests.Identity;
using Kademlia.Tests.Transport;

namespace Kademlia.Tests.Node;

/// <summary>How a node starts: at once or offline, anew or as it was before.</summary>
public sealed class NodeStartTests
{
    [Fact(Timeout = Loopback.Patience)]
    public async Task A_lone_node_has_not_joined_and_joins_when_another_comes()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        Assert.False(network[0].Joined.IsCompleted);
        KademliaNode second = await network.AddAsync();
        await network[0].Joined.WaitAsync(Loopback.Token);
        await second.Joined.WaitAsync(Loopback.Token);
        Assert.Equal((1, 1), (network[0].Info.Contacts, second.Info.Contacts));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_server_that_has_started_is_known_to_its_neighbours()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        KademliaNode newer = await network.AddAsync();
        await network.SettleAsync();
        IReadOnlyList<Contact> found = await network[0].FindClosestAsync(newer.Id, Loopback.Token);
        Assert.Equal(Loopback.ContactOf(newer), found[0]);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_starts_offline_joins_when_its_bootstrap_node_appears()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        int port = Loopback.FreePort();
        await network.RemoveAsync(network[0]);
        KademliaNode node = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            Bootstrap = { $"127.0.0.1:{port}" },
            TimeProvider = new FastTime(factor: 10),
        });
        Assert.False(node.Joined.IsCompleted);
        Assert.Equal(1, (await node.PutAsync("offline", new byte[] { 1 }, cancellationToken: Loopback.Token)).Stored);

        await network.AddAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback], Port = port });
        await node.Joined.WaitAsync(Loopback.Token);
        Assert.Equal(1, node.Info.Contacts);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_start_waits_no_longer_than_five_seconds_for_those_who_are_silent()
    {
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        FastTime time = new(factor: 10);
        await using KademliaNode node = await KademliaNode.StartAsync(
            new KademliaOptions
            {
                ListenAddresses = [IPAddress.Loopback],
                Bootstrap = { silent.LocalEndPoint!.ToString()! },
                FirstTimeout = TimeSpan.FromDays(1),
                RequestTimeout = TimeSpan.FromDays(1),
                TimeProvider = time,
            },
            Loopback.Token);
        Assert.False(node.Joined.IsCompleted);
        Assert.True(time.GetElapsedTime(0) < TimeSpan.FromHours(1), "The start waited for the silent one.");
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_keeps_its_id_in_its_identity_file()
    {
        using TemporaryFolder folder = new();
        KademliaOptions options = new() { ListenAddresses = [IPAddress.Loopback], IdentityFile = folder.File("node.pem") };
        NodeId first;
        await using (KademliaNode node = await KademliaNode.StartAsync(options, Loopback.Token))
        {
            first = node.Id;
        }

        await using KademliaNode again = await KademliaNode.StartAsync(options, Loopback.Token);
        Assert.Equal(first, again.Id);
        await using KademliaNode other = await KademliaNode.StartAsync(Loopback.Joining(), Loopback.Token);
        Assert.NotEqual(first, other.Id);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_restarted_node_is_found_by_its_id_and_reads_what_it_wrote()
    {
        await using Loopback network = await Loopback.StartAsync(3);
        using NodeIdentity identity = NodeIdentity.Create();
        KademliaNode node = await network.AddAsync(With(identity, network[0], port: 0));
        PutReceipt receipt = await node.PutAsync("greeting", new byte[] { 1 }, cancellationToken: Loopback.Token);
        int port = node.Port;
        await network.RemoveAsync(node);
        node = await network.AddAsync(With(identity, network[0], port));
        await network.SettleAsync();
        Assert.True((await node.GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Found);
        Assert.Equal(Loopback.ContactOf(node), await network[2].FindNodeAsync(identity.Id, Loopback.Token));
        await node.PutAsync("greeting", new byte[] { 2 }, cancellationToken: Loopback.Token);
        Assert.Equal([2], (await network[1].GetAsync(receipt.Key, cancellationToken: Loopback.Token)).Value.ToArray());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_starts_warm_from_its_state_file_without_a_bootstrap_node()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("node.state");
        await using Loopback network = await Loopback.StartAsync(4);
        KademliaNode node = await network.AddAsync(WithState(path, network[0]));
        await network.SettleAsync();
        await network.RemoveAsync(node);
        Assert.Equal(4, StateFile.Load(path).Count);
        KademliaNode again = await network.AddAsync(WithState(path, bootstrap: null));
        await again.Joined.WaitAsync(Loopback.Token);
        Assert.Equal(4, (await again.FindClosestAsync(again.Id, Loopback.Token)).Count);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_met_nobody_keeps_the_state_of_before()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("node.state");
        await using (Loopback network = await Loopback.StartAsync(2))
        {
            await network.RemoveAsync(await network.AddAsync(WithState(path, network[0])));
        }

        IReadOnlyList<Contact> before = StateFile.Load(path);
        await using (KademliaNode alone = await KademliaNode.StartAsync(WithState(path, bootstrap: null), Loopback.Token))
        {
            Assert.False(alone.Joined.IsCompleted);
        }

        Assert.NotEmpty(before);
        Assert.Equal(before, StateFile.Load(path));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_whose_last_save_was_torn_starts_from_the_one_before()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("node.state");
        await using Loopback network = await Loopback.StartAsync(2);
        await network.RemoveAsync(await network.AddAsync(WithState(path, network[0])));
        await File.WriteAllTextAsync($"{path}.new", (await File.ReadAllTextAsync(path, Loopback.Token))[..50], Loopback.Token);
        KademliaNode again = await network.AddAsync(WithState(path, bootstrap: null));
        await again.Joined.WaitAsync(Loopback.Token);
        await network.RemoveAsync(again);
        Assert.Equal(2, StateFile.Load(path).Count);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_state_file_that_no_node_wrote_is_told()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("node.state"), "something else", Loopback.Token);
        KademliaException told = await Assert.ThrowsAsync<KademliaException>(
            () => KademliaNode.StartAsync(WithState(folder.File("node.state"), bootstrap: null), Loopback.Token));
        Assert.Contains("node.state", told.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_taken_port_is_told_with_what_to_do()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaException taken = await Assert.ThrowsAsync<KademliaException>(() => KademliaNode.StartAsync(
            new KademliaOptions { ListenAddresses = [IPAddress.Loopback], Port = network[0].Port }, Loopback.Token));
        Assert.Equal(
            $"127.0.0.1:{network[0].Port} is taken by another program (UDP): choose another port, or 0 for any free one.", taken.Message);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_store_that_cannot_be_read_fails_the_start_and_one_that_cannot_be_written_fails_nothing()
    {
        BrokenStore unreadable = new(canLoad: false);
        KademliaException failure = await Assert.ThrowsAsync<KademliaException>(() => KademliaNode.StartAsync(WithStore(unreadable), Loopback.Token));
        Assert.IsType<IOException>(failure.InnerException);
        Assert.Equal(1, unreadable.Disposals);

        await using KademliaNode node = await KademliaNode.StartAsync(WithStore(new BrokenStore(canLoad: true)), Loopback.Token);
        PutReceipt receipt = await node.PutAsync("greeting", new byte[] { 1 }, cancellationToken: Loopback.Token);
        Assert.Equal(StoreOutcome.Refused, Assert.Single(receipt.Verdicts).Outcome);
        Assert.Equal(0, node.Info.Records);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_start_that_fails_closes_the_store_and_the_transport_that_it_was_given_but_not_the_identity()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("wrong"), "something else", Loopback.Token);
        await using Loopback network = await Loopback.StartAsync(1);
        using NodeIdentity identity = NodeIdentity.Create();
        BrokenStore store = new(canLoad: true);
        MemoryTransport transport = new MemoryNetwork().CreateTransport(PeerEndPoint.Parse("20.0.0.1:7411"));
        Func<KademliaOptions>[] wrong =
        [
            () => new() { ListenAddresses = [IPAddress.Loopback], Port = network[0].Port, Identity = identity, RecordStore = store },
            () => new() { Transport = transport, StateFile = folder.File("wrong"), Identity = identity, RecordStore = store },
            () => new() { Transport = transport, IdentityFile = folder.File("wrong"), RecordStore = store },
        ];
        for (int i = 0; i < wrong.Length; i++)
        {
            await Assert.ThrowsAsync<KademliaException>(() => KademliaNode.StartAsync(wrong[i](), Loopback.Token));
            Assert.Equal(i + 1, store.Disposals);
        }

        Assert.Throws<ObjectDisposedException>(() => transport.Start((_, _) => { }));
        Assert.NotEmpty(identity.Sign([1]));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_start_that_is_cancelled_leaves_the_port_free()
    {
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Loopback.Token);
        int port = Loopback.FreePort();
        Task<KademliaNode> start = KademliaNode.StartAsync(
            new KademliaOptions { ListenAddresses = [IPAddress.Loopback], Port = port, Bootstrap = { silent.LocalEndPoint!.ToString()! } },
            source.Token);
        await source.CancelAsync();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal(source.Token, cancelled.CancellationToken);
        await using KademliaNode node = await KademliaNode.StartAsync(
            new KademliaOptions { ListenAddresses = [IPAddress.Loopback], Port = port }, Loopback.Token);
        Assert.Equal(port, node.Port);
    }

    private static KademliaOptions With(NodeIdentity identity, KademliaNode bootstrap, int port) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = Loopback.BootstrapOf(bootstrap),
        Identity = identity,
        Port = port,
    };

    private static KademliaOptions WithState(string path, KademliaNode? bootstrap) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = Loopback.BootstrapOf(bootstrap),
        StateFile = path,
    };

    private static KademliaOptions WithStore(BrokenStore store) => new() { ListenAddresses = [IPAddress.Loopback], RecordStore = store };
}
