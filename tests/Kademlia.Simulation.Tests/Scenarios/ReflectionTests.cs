using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;
using static Kademlia.Simulation.Tests.Scenarios.SmallNetwork;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Nobody can be made to flood another.</summary>
public sealed class ReflectionTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_reply_is_longer_than_a_request_that_did_not_prove_its_address(int seed)
    {
        VirtualNetwork network = new(seed) { Latency = NearLinks };
        ReflectionAudit audit = new(network);
        network.Links.Add(audit);
        network.Run(() => network.StartNodesAsync(30));
        PutReceipt receipt = network.Run(() => network.RandomNode().PutAsync("long", new byte[700]));
        AmplifierActor amplifier = network.Admit(new AmplifierActor(Often, receipt.Key));
        TokenGuesserActor guesser = network.Admit(new TokenGuesserActor(Often));
        network.Run(TimeSpan.FromSeconds(30));
        Assert.Empty(audit.TooLong);
        Assert.True(audit.Fired > 1000);
        Assert.True(guesser.Guesses > 1000);
        Assert.True(amplifier.Received > 1000);
        Assert.InRange(amplifier.BytesReceived, 1, amplifier.BytesSent);
    }

    [Fact]
    public void Whose_address_is_forged_gets_no_request_and_no_more_bytes_than_were_sent_in_its_name()
    {
        VirtualNetwork network = Join(seed: 1, count: 30);
        SilentActor victim = network.Admit(new SilentActor());
        RequestsTo requests = new(victim.EndPoint);
        network.Links.Add(requests);
        SpooferActor spoofer = network.Admit(new SpooferActor(Often, victim.EndPoint));
        network.Run(TimeSpan.FromMinutes(1));
        Assert.True(victim.Received > 1000);
        Assert.InRange(victim.BytesReceived, 1, spoofer.BytesSent);
        Assert.Equal(0, requests.Fired);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whom_liars_name_gets_no_more_than_the_budget_for_hearsay(int seed)
    {
        Contact[] victims = [.. Enumerable.Range(1, 250).Select(i => new Contact(
            NodeId.Random(new Random(i)), PeerEndPoint.Parse($"198.18.7.{i}:7411")))];
        VirtualNetwork network = JoinAmong(seed, count: 30, early =>
            Array.ForEach(new LiarActor[10], _ => early.Admit(new LiarActor(victims))));
        network.Run(TimeSpan.FromMinutes(1));
        BytesTo hearsay = new(network, AddressGroup.Of(victims[0].EndPoint));
        network.Links.Add(hearsay);
        network.Run(() => Task.WhenAll(network.Nodes.Concat(network.Nodes).Select(n => n.FindClosestAsync(NodeId.Random(network.Random)))));
        Assert.InRange(hearsay.Fired, 50, long.MaxValue);
        Assert.InRange(hearsay.MostInAMinute, HearsayBudget.BytesPerMinute / 4, HearsayBudget.BytesPerMinute);
    }

    /// <summary>Fires for each request to an endpoint.</summary>
    private sealed class RequestsTo(PeerEndPoint endPoint) : LinkRule
    {
        protected override bool Apply(Flight flight, Random random) =>
            flight.Destination == endPoint
            && Actor.Codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _) == DecodeOutcome.Ok
            && !envelope.IsReply;
    }

    /// <summary>Fires for each datagram to an address group.</summary>
    private sealed class BytesTo(VirtualNetwork network, AddressGroup group) : LinkRule
    {
        private readonly Dictionary<PeerEndPoint, List<(TimeSpan At, int Bytes)>> _sent = [];

        /// <summary>The most bytes that one node sent there in any minute.</summary>
        public int MostInAMinute => _sent.Values.Max(sent => sent.Max(last =>
            sent.Where(s => s.At <= last.At && s.At > last.At - TimeSpan.FromMinutes(1)).Sum(s => s.Bytes)));

        protected override bool Apply(Flight flight, Random random)
        {
            bool isTo = AddressGroup.Of(flight.Destination) == group;
            if (isTo)
            {
                _sent.TryAdd(flight.Source, []);
                _sent[flight.Source].Add((network.Now, flight.Length));
            }

            return isTo;
        }
    }
}
