namespace Kademlia.Simulation.Tests.Streams;

/// <summary>Content of some length in a virtual network.</summary>
public sealed class VirtualContentTests
{
    private const int Length = 3_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Content_is_whole_after_one_of_its_providers_was_killed_half_way_and_the_same_seed_gives_the_same_run(int seed) =>
        Assert.Equal(FetchWhileOneIsKilled(seed), FetchWhileOneIsKilled(seed));

    [Fact]
    public void What_a_provider_has_published_outlives_the_holders_of_its_description()
    {
        VirtualNetwork network = new(1);
        network.Run(() => network.StartNodesAsync(40));
        KademliaNode provider = network.Run(() => network.StartNodeAsync(new KademliaOptions
        {
            RecordLifetime = TimeSpan.FromMinutes(30),
            RepublishInterval = TimeSpan.FromMinutes(20),
        }));
        network.Run(async () =>
        {
            using MemoryStream source = new(MakeContent());
            await using SharedContent shared = await provider.PublishContentAsync(source);
            foreach (KademliaNode holder in network.ClosestNodes(shared.Key.Hash).Where(n => n != provider).ToArray())
            {
                network.Kill(holder);
            }

            await network.DelayAsync(TimeSpan.FromHours(2));
            using MemoryStream copy = new();
            await network.Nodes[0].FetchContentAsync(shared.Key, copy);
            Assert.True(MakeContent().AsSpan().SequenceEqual(copy.ToArray()));
        });
    }

    private static ulong FetchWhileOneIsKilled(int seed)
    {
        VirtualNetwork network = new(seed);
        network.Run(() => network.StartNodesAsync(30));
        byte[] content = MakeContent();
        network.Run(async () =>
        {
            List<SharedContent> shared = [];
            foreach (KademliaNode provider in network.Nodes.Take(3))
            {
                shared.Add(await provider.PublishContentAsync(new MemoryStream(content)));
            }

            KademliaNode victim = network.Nodes[0];
            int reports = 0;
            Once half = new(() => network.Kill(victim), progress => ++reports > 1 && progress.Done > Length / 2);
            using MemoryStream copy = new();
            FetchedContent fetched = await network.Nodes[^1].FetchContentAsync(shared[0].Key, copy, half);
            Assert.True(content.AsSpan().SequenceEqual(copy.ToArray()));
            Assert.True(half.Happened);
            Assert.Equal(3, fetched.Providers.Count);
            Assert.DoesNotContain(fetched.Providers, p => p.IsLiar);
        });
        return network.Trace;
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[Length];
        new Random(1).NextBytes(content);
        return content;
    }

    /// <summary>Does something the first time that progress is far enough.</summary>
    private sealed class Once(Action action, Func<ContentProgress, bool> isTime) : IProgress<ContentProgress>
    {
        public bool Happened { get; private set; }

        public void Report(ContentProgress value)
        {
            if (!Happened && isTime(value))
            {
                Happened = true;
                action();
            }
        }
    }
}
