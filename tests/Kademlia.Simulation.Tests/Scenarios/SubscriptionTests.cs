using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Whoever subscribes sees every change that lasts, once and in order, whatever becomes of the holders.</summary>
public sealed class SubscriptionTests
{
    private const int Nodes = 60;

    /// <summary>What is told without a fault is known by then.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>Whatever was lost, the next look has seen it by then: its interval, a walk among the dead, and a reading.</summary>
    private static readonly TimeSpan Bound = Subscription.LookInterval + TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_change_is_seen_once_and_in_order(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, Nodes);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            RecordKey key = (await PutAsync(writer, 1)).Key;
            await using Watch watch = Watch.Begin(network.Nodes[Nodes / 2], key);
            await network.DelayAsync(Minute);
            await PutAsync(writer, 2);
            await network.DelayAsync(Soon);
            await PutAsync(writer, 3);
            await network.DelayAsync(Soon);
            await writer.DeleteAsync("watched");
            await network.DelayAsync(Soon);
            await PutAsync(writer, 4);
            await network.DelayAsync(Soon);
            Assert.Equal(["Current 1", "Updated 2", "Updated 3", "Deleted", "Added 4"], watch.Seen);
        });
    }

    [Fact]
    public void A_record_expires_when_nobody_may_give_it_any_more_and_not_when_its_writer_prolongs_it()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 1, count: 10);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            TimeSpan lifetime = TimeSpan.FromMinutes(10);
            PutReceipt kept = await writer.PutAsync("kept", new byte[] { 1 }, new PutOptions { Lifetime = lifetime });
            await using Watch watch = Watch.Begin(network.Nodes[5], (await PutAsync(writer, 1, lifetime)).Key);
            await using Watch other = Watch.Begin(network.Nodes[5], kept.Key);
            await network.DelayAsync(TimeSpan.FromMinutes(14));
            Assert.Equal(["Current 1"], watch.Seen);
            await network.DelayAsync(TimeSpan.FromMinutes(6));
            Assert.Equal(["Current 1", "Expired 1"], watch.Seen);
            Assert.Equal(["Current 1"], other.Seen);
        });
    }

    [Fact]
    public void Every_writer_of_an_open_key_is_seen_and_a_change_costs_the_reader_about_one_reading()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 4, Nodes);
        Datagrams readings = new(MessageKind.FindValue);
        Datagrams told = new(MessageKind.Subscribe | MessageKind.Reply);
        network.Links.Add(readings);
        network.Links.Add(told);
        network.Run(async () =>
        {
            KademliaNode[] writers = [.. network.Nodes.Take(30)];
            KademliaNode reader = network.Nodes[^1];
            await Task.WhenAll(writers.Select(w => w.PutOpenAsync("topic", new byte[400])));
            await using Watch watch = Watch.Begin(reader, RecordKey.ForName("topic"));
            await network.DelayAsync(Minute);
            Assert.Equal(writers.Select(w => w.Id).Order(), watch.Changes.Select(c => c.Record.Writer).Order());
            Assert.All(watch.Changes, c => Assert.Equal(RecordChangeKind.Current, c.Kind));
            (long readBefore, long toldBefore) = (readings.Fired, told.Fired);
            await writers[7].PutOpenAsync("topic", new byte[] { 1 });
            await network.DelayAsync(Soon);
            Assert.Equal((31, writers[7].Id), (watch.Changes.Count, watch.Changes[^1].Record.Writer));
            Assert.InRange(told.Fired - toldBefore, SmallNetwork.K, 3 * SmallNetwork.K);
            Assert.InRange(readings.Fired - readBefore, 1, 4);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void When_all_holders_die_at_once_what_is_written_later_is_seen(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, 2 * Nodes);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            RecordKey key = (await PutAsync(writer, 1)).Key;
            KademliaNode reader = network.Nodes.First(n => n != writer && !IsHolder(network, n, key));
            await using Watch watch = Watch.Begin(reader, key);
            await network.DelayAsync(Minute);
            KademliaNode[] dying = [.. network.ClosestNodes(key.Hash).Where(n => n != writer)];
            Assert.True(dying.Length >= SmallNetwork.K - 1);
            Array.ForEach(dying, network.Kill);
            await PutAsync(writer, 2);
            await network.DelayAsync(Bound);
            Assert.Equal(["Current 1", "Updated 2"], watch.Seen);
            await PutAsync(writer, 3);
            await network.DelayAsync(Soon);
            Assert.Equal("Updated 3", watch.Seen[^1]);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Under_churn_and_loss_the_newest_is_always_seen_in_time(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, Nodes);
        Loss loss = new(0.1);
        network.Links.Add(loss);
        KademliaNode writer = network.Nodes[0];
        KademliaNode reader = network.Nodes[1];
        Churn churn = Churn.Start(network, new WeibullSessions(TimeSpan.FromMinutes(10)), graceful: 0.5, stayers: [writer, reader]);
        network.Run(async () =>
        {
            await using Watch watch = Watch.Begin(reader, (await PutAsync(writer, 0)).Key);
            for (byte version = 1; version <= 20; version++)
            {
                await PutAsync(writer, version);
                await network.DelayAsync(Bound);
                Assert.Equal($"Updated {version}", watch.Seen[^1]);
            }

            long[] sequences = [.. watch.Changes.Select(c => c.Record.Sequence)];
            Assert.Equal(sequences.Distinct().Order(), sequences);
        });
        Assert.True(churn.Ended > 20);
        Assert.True(loss.Fired > 1000);
    }

    [Fact]
    public void Who_was_cut_off_catches_up()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 5, Nodes);
        KademliaNode writer = network.Nodes[0];
        KademliaNode reader = network.Nodes[^1];
        Barrier barrier = Barrier.Between(network, [reader]);
        barrier.IsOpen = true;
        network.Links.Add(barrier);
        network.Run(async () =>
        {
            await using Watch watch = Watch.Begin(reader, (await PutAsync(writer, 1)).Key);
            await network.DelayAsync(Minute);
            barrier.IsOpen = false;
            for (byte version = 2; version <= 4; version++)
            {
                await PutAsync(writer, version);
                await network.DelayAsync(TimeSpan.FromMinutes(5));
            }

            Assert.Equal(["Current 1"], watch.Seen);
            barrier.IsOpen = true;
            await network.DelayAsync(Bound);
            Assert.Equal(["Current 1", "Updated 4"], watch.Seen);
            await PutAsync(writer, 5);
            await network.DelayAsync(Soon);
            Assert.Equal("Updated 5", watch.Seen[^1]);
        });
        Assert.True(barrier.Fired > 0);
    }

    [Fact]
    public void A_client_behind_a_translator_is_told_like_others()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 6, Nodes);
        VirtualMachine home = network.AddMachine();
        Nat nat = new(PeerEndPoint.Parse("203.0.114.1:1"), [home]);
        network.Links.Add(nat);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            KademliaNode reader = await home.StartAsync(new KademliaOptions { Role = NodeRole.Client });
            await using Watch watch = Watch.Begin(reader, (await PutAsync(writer, 1)).Key);
            for (byte version = 2; version < 8; version++)
            {
                await network.DelayAsync(TimeSpan.FromSeconds(119));
                await PutAsync(writer, version);
                await network.DelayAsync(Soon);
                Assert.Equal($"Updated {version}", watch.Seen[^1]);
            }
        });
        Assert.True(nat.Fired > 0);
    }

    /// <summary>They serve a reader as any holder does, but know no subscription: the reader asks them at each look.</summary>
    [Fact]
    public void Holders_of_an_older_version_are_asked_now_and_then() => AssertSeenBesideActors<SlowActor>(
        () => new SlowActor(TimeSpan.Zero), changes => Assert.Equal(["Current 1", "Updated 2", "Updated 3"], changes));

    [Fact]
    public void Holders_that_forge_change_nothing() => AssertSeenBesideActors(
        () => new ForgerActor(), changes => Assert.Equal(["Current 1", "Updated 2", "Updated 3"], changes));

    [Fact]
    public void A_reader_that_never_reads_costs_no_memory_and_then_sees_the_newest()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 7, count: 10);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            RecordKey key = (await PutAsync(writer, 1)).Key;
            await using IAsyncEnumerator<RecordChange> reader = network.Nodes[5].SubscribeAsync(key).GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync());
            await network.DelayAsync(Minute);
            for (byte version = 2; version < 10; version++)
            {
                await PutAsync(writer, version);
                await network.DelayAsync(Soon);
            }

            Assert.True(await reader.MoveNextAsync());
            Assert.Equal((RecordChangeKind.Updated, 9), (reader.Current.Kind, reader.Current.Record.Value.Span[0]));
        });
    }

    [Fact]
    public void Two_readers_of_one_node_are_one_subscription_and_the_second_begins_with_what_is_there()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 8, Nodes);
        Datagrams asked = new(MessageKind.Subscribe);
        network.Links.Add(asked);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            RecordKey key = (await PutAsync(writer, 1)).Key;
            Watch first = Watch.Begin(network.Nodes[^1], key);
            await network.DelayAsync(Soon);
            long before = asked.Fired;
            Watch second = Watch.Begin(network.Nodes[^1], key);
            await network.DelayAsync(Soon);
            Assert.Equal(before, asked.Fired);
            await first.DisposeAsync();
            await PutAsync(writer, 2);
            await network.DelayAsync(Soon);
            Assert.Equal(["Current 1"], first.Seen);
            Assert.Equal(["Current 1", "Updated 2"], second.Seen);
            await second.DisposeAsync();
            before = asked.Fired;
            await network.DelayAsync(TimeSpan.FromMinutes(10));
            Assert.Equal(before, asked.Fired);
        });
    }

    [Fact]
    public void A_subscription_at_rest_costs_a_reader_forty_bytes_a_second()
    {
        VirtualNetwork network = SmallNetwork.Join(seed: 11, Nodes);
        network.Run(async () =>
        {
            KademliaNode reader = network.Nodes[^1];
            await using Watch watch = Watch.Begin(reader, (await PutAsync(network.Nodes[0], 1)).Key);
            await network.DelayAsync(Minute);
            long before = reader.Core.Counters[Purpose.Calls].BytesSent;
            TimeSpan rest = TimeSpan.FromMinutes(30);
            await network.DelayAsync(rest);
            Assert.InRange((reader.Core.Counters[Purpose.Calls].BytesSent - before) / rest.TotalSeconds, 20, 40);
            Assert.Equal(["Current 1"], watch.Seen);
        });
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.Equal(TraceOf(seed: 9), TraceOf(seed: 9));

    private static ulong TraceOf(int seed)
    {
        VirtualNetwork network = SmallNetwork.Join(seed, count: 20);
        network.Run(async () =>
        {
            await using Watch watch = Watch.Begin(network.Nodes[1], (await PutAsync(network.Nodes[0], 1)).Key);
            await network.DelayAsync(Minute);
            await PutAsync(network.Nodes[0], 2);
            await network.DelayAsync(Bound);
        });
        return network.Trace;
    }

    /// <summary>Most of the holders are actors, and nobody else's word reaches a reader but that of three honest nodes.</summary>
    private static void AssertSeenBesideActors<TActor>(Func<TActor> make, Action<IEnumerable<string>> check)
        where TActor : Actor
    {
        TActor[] actors = [.. Enumerable.Range(0, 6).Select(_ => make())];
        VirtualNetwork network = SmallNetwork.JoinAmong(seed: 10, count: 4, early => Array.ForEach(actors, a => early.Admit(a)), first: 2);
        network.Run(async () =>
        {
            KademliaNode writer = network.Nodes[0];
            await using Watch watch = Watch.Begin(network.Nodes[3], (await PutAsync(writer, 1)).Key);
            await network.DelayAsync(Minute);
            await PutAsync(writer, 2);
            await network.DelayAsync(Bound);
            await PutAsync(writer, 3);
            await network.DelayAsync(Bound);
            check(watch.Seen);
        });
        Assert.All(actors, a => Assert.True(a.Received > 0));
    }

    private static bool IsHolder(VirtualNetwork network, KademliaNode node, RecordKey key) => network.ClosestNodes(key.Hash).Contains(node);

    private static Task<PutReceipt> PutAsync(KademliaNode writer, byte version, TimeSpan? lifetime = null) =>
        writer.PutAsync("watched", new[] { version }, new PutOptions { Republish = false, Lifetime = lifetime });

    /// <summary>A reader of one key, and all that it was told.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private Task _reading = Task.CompletedTask;

        public List<RecordChange> Changes { get; } = [];

        public IReadOnlyList<string> Seen => [.. Changes.Select(c =>
            c.Kind == RecordChangeKind.Deleted ? "Deleted" : $"{c.Kind} {c.Record.Value.Span[0]}")];

        public static Watch Begin(KademliaNode node, RecordKey key)
        {
            Watch watch = new();
            watch._reading = watch.ReadAsync(node, key);
            return watch;
        }

        /// <summary>Cancels in this very event: <see cref="CancellationTokenSource.CancelAsync"/> would leave virtual time.</summary>
        public ValueTask DisposeAsync()
        {
            _end.Cancel();
            return EndAsync();
        }

        private async ValueTask EndAsync()
        {
            await _reading;
            _end.Dispose();
        }

        private async Task ReadAsync(KademliaNode node, RecordKey key)
        {
            try
            {
                await foreach (RecordChange change in node.SubscribeAsync(key, _end.Token))
                {
                    Assert.Equal(key, change.Record.Key);
                    Changes.Add(change);
                }
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                // The test has seen enough.
            }
        }
    }

    /// <summary>Fires for each datagram of a kind.</summary>
    private sealed class Datagrams(MessageKind kind) : LinkRule
    {
        protected override bool Apply(Flight flight, Random random) =>
            Actor.Codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _) == DecodeOutcome.Ok && envelope.Kind == kind;
    }
}
