using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Kademlia.Tests.Node;

/// <summary>Streams of the application, over TCP and TLS.</summary>
public sealed class NodeStreamTests
{
    [Fact(Timeout = Loopback.Patience)]
    public async Task A_stream_carries_both_ways_between_two_who_know_each_other()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        Contact? seen = null;
        network[1].HandleStream("shout/1", async (peer, pipe, token) =>
        {
            seen = peer;
            string said = Encoding.UTF8.GetString(await ReadAllAsync(pipe.Input, token));
            await pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(said.ToUpperInvariant()), token);
        });
        await using PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(network[1]), "shout/1", Loopback.Token);
        await stream.Output.WriteAsync("hello"u8.ToArray(), Loopback.Token);
        await stream.Output.CompleteAsync();
        Assert.Equal("HELLO", Encoding.UTF8.GetString(await ReadAllAsync(stream.Input, Loopback.Token)));
        Assert.Equal(Loopback.ContactOf(network[1]), stream.Peer);
        Assert.Equal(network[0].Id, seen!.Value.Id);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Many_megabytes_arrive_whole()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        byte[] sent = RandomNumberGenerator.GetBytes(16 * 1024 * 1024);
        network[1].HandleStream("source", async (_, pipe, token) => await pipe.Output.WriteAsync(sent, token));
        await using PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(network[1]), "source", Loopback.Token);
        await stream.Output.CompleteAsync();
        byte[] received = await ReadAllAsync(stream.Input, Loopback.Token);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Members_of_a_private_network_open_streams_and_strangers_are_told_nothing()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode alice = await network.AddAsync(Private(key));
        KademliaNode bob = await network.AddAsync(Private(key, alice));
        bob.HandleStream("greet", async (_, pipe, token) => await pipe.Output.WriteAsync("hello"u8.ToArray(), token));
        await using PeerConnection stream = await alice.ConnectAsync(Loopback.ContactOf(bob), "greet", Loopback.Token);
        Assert.Equal("hello"u8.ToArray(), await ReadAllAsync(stream.Input, Loopback.Token));

        using System.Net.Sockets.TcpClient stranger = new();
        await stranger.ConnectAsync(IPAddress.Loopback, bob.Port, Loopback.Token);
        await stranger.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(128), Loopback.Token);
        Assert.Equal(0, await CountUntilEndAsync(stranger.GetStream()));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_goes_wrong_is_told_in_words()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        Contact bob = Loopback.ContactOf(network[1]);
        Assert.Contains("does not handle the protocol \"unknown\"", await FailureOf(bob, "unknown"), StringComparison.Ordinal);
        Assert.Contains($"is {bob.Id}, not {network[0].Id}", await FailureOf(bob with { Id = network[0].Id }, "any"), StringComparison.Ordinal);
        KademliaNode deaf = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
            MaxStreams = 0,
        });
        Assert.Contains("Nobody takes connections", await FailureOf(Loopback.ContactOf(deaf), "any"), StringComparison.Ordinal);
        Assert.Contains("MaxStreams is 0", Assert.Throws<KademliaException>(() => deaf.HandleStream("any", (_, _, _) => Task.CompletedTask)).Message, StringComparison.Ordinal);
        await network.RemoveAsync(deaf);
        Assert.Contains("Nobody answered", await FailureOf(new Contact(NodeId.Random(new Random(1)), deaf.LocalEndPoints[0]), "any"), StringComparison.Ordinal);

        async Task<string> FailureOf(Contact contact, string protocol) => (await Assert.ThrowsAsync<KademliaException>(
            () => network[0].ConnectAsync(contact, protocol, Loopback.Token))).Message;
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_stream_that_is_given_up_is_no_end()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        network[1].HandleStream("fails", async (_, pipe, token) =>
        {
            await pipe.Output.WriteAsync("a part"u8.ToArray(), token);
            throw new InvalidOperationException("The handler of a test fails.");
        });
        TaskCompletionSource<Exception?> ended = new();
        network[1].HandleStream("reads", async (_, pipe, token) => ended.SetResult(await Xunit.Record.ExceptionAsync(() => ReadAllAsync(pipe.Input, token))));
        await using (PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(network[1]), "fails", Loopback.Token))
        {
            await Assert.ThrowsAsync<IOException>(() => ReadAllAsync(stream.Input, Loopback.Token));
        }

        await using (PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(network[1]), "reads", Loopback.Token))
        {
            await stream.Output.WriteAsync("a part"u8.ToArray(), Loopback.Token);
        }

        Assert.True(await ended.Task.WaitAsync(Loopback.Token) is IOException or OperationCanceledException);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Whoever_says_nothing_or_another_networks_name_is_let_go()
    {
        KademliaNode node = await KademliaNode.StartAsync(Hasty(), Loopback.Token);
        await using (node)
        {
            using System.Net.Sockets.TcpClient silent = new();
            await silent.ConnectAsync(IPAddress.Loopback, node.Port, Loopback.Token);
            Assert.Equal(0, await CountUntilEndAsync(silent.GetStream()));
        }

        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode other = await network.AddAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback], NetworkName = "other" });
        Assert.Contains("Nobody answered", (await Assert.ThrowsAsync<KademliaException>(
            () => network[0].ConnectAsync(Loopback.ContactOf(other), "any", Loopback.Token))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_stream_on_which_nothing_passes_is_cut_after_the_idle_time()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode impatient = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            StreamIdleTimeout = TimeSpan.FromMilliseconds(500),
        });
        impatient.HandleStream("wait", (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await using PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(impatient), "wait", Loopback.Token);
        await Assert.ThrowsAsync<IOException>(async () => await stream.Input.ReadAsync(Loopback.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task One_peer_has_so_many_streams_and_more_are_told_busy()
    {
        await using Loopback network = await Loopback.StartAsync(1);
        KademliaNode modest = await network.AddAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            Bootstrap = Loopback.BootstrapOf(network[0]),
            MaxStreamsPerPeer = 1,
        });
        modest.HandleStream("wait", async (_, pipe, token) => await ReadAllAsync(pipe.Input, token));
        PeerConnection first = await network[0].ConnectAsync(Loopback.ContactOf(modest), "wait", Loopback.Token);
        await using (first)
        {
            KademliaException failure = await Assert.ThrowsAsync<KademliaException>(
                () => network[0].ConnectAsync(Loopback.ContactOf(modest), "wait", Loopback.Token));
            Assert.Contains("busy", failure.Message, StringComparison.Ordinal);
            await first.Output.CompleteAsync();
            await ReadAllAsync(first.Input, Loopback.Token);
        }

        await using PeerConnection second = await ConnectAgainAsync();

        async Task<PeerConnection> ConnectAgainAsync()
        {
            while (true)
            {
                try
                {
                    return await network[0].ConnectAsync(Loopback.ContactOf(modest), "wait", Loopback.Token);
                }
                catch (KademliaException e) when (e.Message.Contains("busy", StringComparison.Ordinal))
                {
                    // The other side closes its end in its own time.
                }
            }
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Nodes_that_stop_cut_their_streams()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        KademliaNode bob = network[1];
        bob.HandleStream("wait", (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await using PeerConnection stream = await network[0].ConnectAsync(Loopback.ContactOf(bob), "wait", Loopback.Token);
        Task<ReadResult> reading = stream.Input.ReadAsync(Loopback.Token).AsTask();
        await network.RemoveAsync(bob);
        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kademlia/records/1")]
    [InlineData("a name of a protocol that is longer than the sixty-four bytes it may have")]
    public async Task A_name_that_no_application_may_use_is_refused(string protocol)
    {
        await using KademliaNode node = await KademliaNode.StartAsync(new KademliaOptions { ListenAddresses = [IPAddress.Loopback] }, Loopback.Token);
        Assert.ThrowsAny<ArgumentException>(() => node.HandleStream(protocol, (_, _, _) => Task.CompletedTask));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => node.ConnectAsync(new Contact(NodeId.Random(new Random(1)), node.LocalEndPoints[0]), protocol, Loopback.Token));
    }

    /// <summary>To whom ten seconds are a tenth of one.</summary>
    private static KademliaOptions Hasty() => new() { ListenAddresses = [IPAddress.Loopback], TimeProvider = new FastTime(100) };

    private static KademliaOptions Private(byte[] key, KademliaNode? bootstrap = null) => new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = Loopback.BootstrapOf(bootstrap),
        NetworkKey = key,
    };

    private static async Task<byte[]> ReadAllAsync(PipeReader reader, CancellationToken token)
    {
        using MemoryStream all = new();
        await reader.CopyToAsync(all, token);
        return all.ToArray();
    }

    private static async Task<long> CountUntilEndAsync(Stream stream)
    {
        using MemoryStream all = new();
        try
        {
            await stream.CopyToAsync(all, Loopback.Token);
        }
        catch (IOException)
        {
            // Reset is an end, too.
        }

        return all.Length;
    }
}
