using System.IO.Pipelines;

namespace Kademlia.Simulation.Tests.Streams;

/// <summary>Streams of an application in a virtual network.</summary>
public sealed class VirtualStreamTests
{
    private const int Length = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Streams_carry_all_through_loss_and_the_same_seed_gives_the_same_run(int seed) =>
        Assert.Equal(SendThroughLoss(seed), SendThroughLoss(seed));

    [Fact]
    public void A_stream_survives_a_partition_of_a_minute() => WithPair((network, alice, bob) =>
    {
        bob.HandleStream("source", async (_, pipe, token) => await pipe.Output.WriteAsync(new byte[Length], token));
        network.Run(async () =>
        {
            await using PeerConnection stream = await alice.ConnectAsync(ContactOf(network, bob), "source");
            Barrier barrier = new((_, _) => true);
            network.Links.Add(barrier);
            Task<long> reading = CountAsync(stream.Input);
            await network.DelayAsync(TimeSpan.FromMinutes(1));
            Assert.False(reading.IsCompleted);
            barrier.IsOpen = true;
            Assert.Equal(Length, await reading);
        });
    });

    [Fact]
    public void A_node_that_lost_its_power_is_noticed_by_the_idle_time_and_one_that_stopped_at_once() => WithPair((network, alice, bob) =>
    {
        foreach (bool kill in new[] { false, true })
        {
            KademliaNode carol = network.Run(() => network.StartNodeAsync());
            carol.HandleStream("wait", async (_, pipe, token) => await pipe.Input.ReadAsync(token));
            Contact contact = ContactOf(network, carol);
            TimeSpan ended = network.Run(async () =>
            {
                await using PeerConnection stream = await alice.ConnectAsync(contact, "wait");
                TimeSpan began = network.Now;
                if (kill)
                {
                    network.Kill(carol);
                }
                else
                {
                    await carol.DisposeAsync();
                }

                await Assert.ThrowsAsync<IOException>(async () => await stream.Input.ReadAsync());
                return network.Now - began;
            });
            TimeSpan idle = new KademliaOptions().StreamIdleTimeout;
            Assert.InRange(ended, kill ? idle : TimeSpan.Zero, kill ? idle * 1.5 : TimeSpan.FromSeconds(5));
        }
    });

    [Fact]
    public void A_private_networks_nodes_open_streams_and_others_are_refused()
    {
        VirtualNetwork network = new(1);
        KademliaOptions options = new() { NetworkKey = new byte[32] };
        (KademliaNode alice, KademliaNode bob) = network.Run(async () =>
            (await network.StartNodeAsync(options), await network.StartNodeAsync(options)));
        bob.HandleStream("greet", async (_, pipe, token) => await pipe.Output.WriteAsync(new byte[5], token));
        network.Run(async () =>
        {
            await using PeerConnection stream = await alice.ConnectAsync(ContactOf(network, bob), "greet");
            Assert.Equal(5, await CountAsync(stream.Input));
        });
    }

    private static ulong SendThroughLoss(int seed)
    {
        VirtualNetwork network = new(seed);
        network.Links.Add(new Loss(0.1));
        (KademliaNode alice, KademliaNode bob) = network.Run(async () => (await network.StartNodeAsync(), await network.StartNodeAsync()));
        bob.HandleStream("echo", async (_, pipe, token) => await pipe.Input.CopyToAsync(pipe.Output, token));
        network.Run(async () =>
        {
            await using PeerConnection stream = await alice.ConnectAsync(ContactOf(network, bob), "echo");
            Task<long> reading = CountAsync(stream.Input);
            await stream.Output.WriteAsync(new byte[Length]);
            await stream.Output.CompleteAsync();
            Assert.Equal(Length, await reading);
        });
        return network.Trace;
    }

    private static void WithPair(Action<VirtualNetwork, KademliaNode, KademliaNode> test)
    {
        VirtualNetwork network = new(1);
        (KademliaNode alice, KademliaNode bob) = network.Run(async () => (await network.StartNodeAsync(), await network.StartNodeAsync()));
        test(network, alice, bob);
    }

    private static Contact ContactOf(VirtualNetwork network, KademliaNode node) => new(node.Id, network.MachineOf(node).EndPoints[0]);

    private static async Task<long> CountAsync(PipeReader reader)
    {
        long count = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            count += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return count;
            }
        }
    }
}
