using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;

namespace Kademlia.Tests.Core;

/// <summary>When a request is sent, slow, overdue and failed, to the millisecond of virtual time.</summary>
public sealed class PendingRequestTests
{
    private readonly World _world = new(1);
    private readonly WorldNode _node;
    private readonly Stranger _silent;

    public PendingRequestTests()
    {
        _node = _world.Add();
        _silent = new Stranger(_world, "60.0.0.1:7411") { Answers = false };
    }

    [Fact]
    public void A_request_without_a_reply_is_sent_three_times_and_fails_two_timeouts_after_the_last() =>
        Assert.Equal(["0 sent", "500 sent", "500 slow", "1000 sent", "1000 overdue", "2000 TimedOut"], LogOf(Send()));

    [Fact]
    public void A_request_with_one_attempt_is_not_sent_again() =>
        Assert.Equal(["0 sent", "500 slow", "1000 TimedOut"], LogOf(Send(attempts: 1)));

    [Fact]
    public void A_request_with_many_attempts_ends_at_the_request_timeout() => Assert.Equal(
        [
            "0 sent", "500 sent", "500 slow", "1000 sent", "1000 overdue", "1500 sent", "2000 sent", "2500 sent", "3000 sent", "3500 sent", "4000 sent",
            "4500 sent", "5000 TimedOut",
        ],
        LogOf(Send(attempts: 16)));

    [Fact]
    public void A_late_reply_counts_until_the_failure()
    {
        _silent.Answers = true;
        Probe probe = Send(latency: TimeSpan.FromMilliseconds(900));
        Assert.Equal(["0 sent", "500 sent", "500 slow", "1000 sent", "1000 overdue", "1800 reply"], LogOf(probe));
        Assert.Equal(0, _node.Core.Requests.Count);
    }

    [Fact]
    public void A_reply_after_the_failure_changes_nothing()
    {
        _silent.Answers = true;
        Probe probe = Send(attempts: 1, latency: TimeSpan.FromMilliseconds(600));
        Assert.Equal(["0 sent", "500 slow", "1000 TimedOut"], LogOf(probe));
        Assert.Equal(1, _node.Core.Counters[DropReason.Unmatched]);
    }

    [Theory]
    [InlineData("60.0.0.1:7412")]
    [InlineData("60.0.0.2:7411")]
    public void A_reply_from_another_endpoint_changes_nothing(string elsewhere)
    {
        Stranger thief = new(_world, elsewhere);
        Probe probe = Send(attempts: 1, latency: TimeSpan.FromMilliseconds(50));
        _world.Run(TimeSpan.FromMilliseconds(100));
        thief.Repeat(
            _node.EndPoint,
            MessageKind.Ping | MessageKind.Reply,
            new AddressToken(1),
            _silent.Heard[0].Transaction,
            (codec, to, envelope) => codec.WritePingReply(to, envelope));
        Assert.Equal(["0 sent", "500 slow", "1000 TimedOut"], LogOf(probe));
        Assert.Equal(1, _node.Core.Counters[DropReason.Unmatched]);
    }

    [Fact]
    public void A_cancelled_request_is_told_once_and_hears_nothing_more()
    {
        Probe probe = Send();
        _world.Run(TimeSpan.FromMilliseconds(600));
        _node.Call((core, _) => Do(() =>
        {
            core.Requests.Cancel(probe);
            core.Requests.Cancel(probe);
        }));
        Assert.Equal(["0 sent", "500 sent", "500 slow", "600 cancelled"], LogOf(probe));
    }

    [Fact]
    public void Later_requests_wait_as_long_as_round_trips_say()
    {
        _silent.Answers = true;
        LogOf(Send(latency: TimeSpan.FromMilliseconds(50)));
        _silent.Answers = false;
        Probe later = Send(attempts: 1);
        Assert.Equal(["sent", "slow", "TimedOut"], LogOf(later).Select(line => line.Split(' ')[1]));
        Assert.Equal(_node.Core.Peers.Find(_silent.EndPoint)!.TimeoutOr(TimeSpan.MaxValue), later.SlowAfter);
        Assert.InRange(later.SlowAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(499));
    }

    [Fact]
    public void A_peer_that_was_never_asked_is_waited_for_as_others_taught_and_given_up_no_sooner()
    {
        Teach(TimeSpan.FromMilliseconds(20));
        Assert.Equal(["0 sent", "250 sent", "250 slow", "750 sent", "1000 overdue", "2000 TimedOut"], LogOf(Send()));
        Assert.Equal(["0", "250", "500", "750", "1000", "1500", "2000", "2500"], SendingsOf(Send(attempts: 8)));
    }

    [Fact]
    public void A_peer_that_is_slower_than_others_is_sent_one_request_twice_and_then_measured()
    {
        Teach(TimeSpan.FromMilliseconds(20));
        _silent.Answers = true;
        Assert.Equal(["0", "250"], SendingsOf(Send(latency: TimeSpan.FromMilliseconds(150))));
        Assert.False(_node.Core.Peers.Find(_silent.EndPoint)!.HasMeasured);
        Assert.Equal(["0"], SendingsOf(Send(latency: TimeSpan.FromMilliseconds(150))));
        Assert.True(_node.Core.Peers.Find(_silent.EndPoint)!.HasMeasured);
    }

    /// <summary>Pings many others, which answer that fast.</summary>
    private void Teach(TimeSpan roundTrip)
    {
        for (int i = 0; i < 40; i++)
        {
            Stranger other = new(_world, $"61.0.{i}.1:7411");
            LogOf(Send(latency: roundTrip / 2, contact: other.Contact));
        }

        _world.FixedLatency = null;
    }

    private IEnumerable<string> SendingsOf(Probe probe) => LogOf(probe).Where(line => line.EndsWith(" sent", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]);

    private static CoreTask<bool> Do(Action action)
    {
        action();
        CoreTask<bool> done = new();
        done.Finish(true);
        return done;
    }

    private Probe Send(int attempts = 3, TimeSpan? latency = null, Contact? contact = null)
    {
        _world.FixedLatency = latency;
        Probe probe = new(_node.Core, (contact ?? _silent.Contact) with { Id = default }) { MaxAttempts = attempts };
        _node.Call((core, _) => Do(() => core.Requests.Send(probe)));
        return probe;
    }

    private List<string> LogOf(Probe probe)
    {
        _world.Run(TimeSpan.FromSeconds(10));
        return probe.Log;
    }

    private sealed class Probe(NodeCore core, Contact contact) : PendingRequest(contact, MessageKind.Ping)
    {
        private TimeSpan? _begun;

        public List<string> Log { get; } = [];

        public TimeSpan SlowAfter { get; private set; }

        public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength)
        {
            _begun ??= core.Now;
            Note("sent");
            return core.Codec.WritePing(destination, envelope, paddedLength);
        }

        public override void OnReply(in Envelope envelope, ReadOnlySpan<byte> body) => Note("reply");

        public override void OnSlow()
        {
            SlowAfter = core.Now - _begun!.Value;
            Note("slow");
        }

        public override void OnOverdue() => Note("overdue");

        public override void OnFailure(RequestFailure failure) => Note($"{failure}");

        public override void OnCancelled() => Note("cancelled");

        private void Note(string what) => Log.Add($"{(core.Now - _begun!.Value).TotalMilliseconds:0} {what}");
    }
}
