using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>A subscriber whose only holder says what the test wants: nothing untrue is believed, and lies cost little.</summary>
public sealed class SubscribingTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = Subscription.LookInterval + Second;

    private readonly World _world = new(1);
    private readonly NodeIdentity _writer;
    private readonly Stranger _holder;
    private readonly List<RecordChange> _seen = [];
    private WorldOperation<bool> _watch = null!;
    private Record _record;

    public SubscribingTests()
    {
        _world.Grow(1);
        _writer = _world.Scheme.CreateIdentity();
        _holder = new Stranger(_world, "203.0.113.1:7411") { Serves = () => _record!, Subscribes = () => Subscribed(_record!) };
        _record = Make(sequence: 1);
        AddressToken token = _holder.Ping(Reader.EndPoint);
        _holder.Ask(Reader.EndPoint, MessageKind.Ping, token, (codec, to, envelope) => codec.WritePing(to, envelope, Codec.MinRequestLength));
        _world.Run(5 * Second);
        Assert.True(Reader.Core.IsProven(_holder.Contact));
    }

    private WorldNode Reader => _world.Nodes[0];

    private IEnumerable<string> Seen => _seen.Select(c => $"{c.Kind} {c.Record.Sequence}");

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void A_holder_that_has_nothing_new_is_not_read_again()
    {
        Watch();
        int read = Asked(MessageKind.FindValue);
        _world.Run(10 * Look);
        Assert.Equal(["Current 1"], Seen);
        Assert.Equal(read, Asked(MessageKind.FindValue));
        Assert.Equal(11, Asked(MessageKind.Subscribe));
    }

    [Fact]
    public void A_holder_that_knows_no_subscription_is_read_at_each_look()
    {
        _holder.Subscribes = null;
        Watch();
        int read = Asked(MessageKind.FindValue);
        _world.Run(10 * Look);
        Assert.InRange(Asked(MessageKind.FindValue) - read, 10, 20);
        _record = Make(sequence: 2);
        _world.Run(Look);
        Assert.Equal(["Current 1", "Updated 2"], Seen);
    }

    [Fact]
    public void A_change_that_is_told_is_read_at_once()
    {
        Watch();
        Tell(Make(sequence: 2), Transaction());
        Assert.Equal(["Current 1", "Updated 2"], Seen);
        Tell(Make(sequence: 3), Transaction());
        Assert.Equal(["Current 1", "Updated 2", "Updated 3"], Seen);
        Assert.Equal(0, Reader.Core.Counters[DropReason.Unmatched]);
    }

    [Fact]
    public void A_change_that_is_not_told_is_seen_at_the_next_look()
    {
        Watch();
        _record = Make(sequence: 2);
        _world.Run(Look);
        Assert.Equal(["Current 1", "Updated 2"], Seen);
    }

    [Fact]
    public void A_change_told_under_another_transaction_or_by_another_causes_nothing()
    {
        Watch();
        int asked = _holder.Heard.Count;
        Stranger other = new(_world, "198.51.100.1:7411");
        Tell(Make(sequence: 2), transaction: 42);
        other.Repeat(Reader.EndPoint, MessageKind.Subscribe | MessageKind.Reply, AddressToken.None, Transaction(), (codec, to, envelope) =>
            codec.Write(to, envelope, Subscribed(_record) with { Status = SubscribeStatus.Changed }));
        _world.Run(Second);
        Assert.Equal((2, asked), (Reader.Core.Counters[DropReason.Unmatched], _holder.Heard.Count));
        Assert.Empty(other.Heard);
        Assert.Equal(["Current 1"], Seen);
    }

    [Fact]
    public void What_is_forged_or_older_changes_nothing_and_is_read_once()
    {
        _record = Make(sequence: 5);
        Watch();
        int read = Asked(MessageKind.FindValue);
        foreach (Record lie in new[] { Forge(Make(sequence: 9)), Make(sequence: 4), Make(sequence: 4, isTombstone: true) })
        {
            Tell(lie, Transaction());
            _world.Run(Look);
        }

        Assert.Equal(["Current 5"], Seen);
        Assert.InRange(Asked(MessageKind.FindValue) - read, 3, 6);
    }

    [Fact]
    public void A_holder_that_tells_of_changes_without_end_is_asked_a_hundred_times_between_two_looks()
    {
        Watch();
        ulong state = 0;
        for (int i = 0; i < 3000; i++)
        {
            Tell(new SubscribeReply(SubscribeStatus.Changed, ++state, 0), Transaction(), Second / 10);
        }

        Assert.InRange(Asked(MessageKind.Subscribe), 101, 4 * 101);
        Assert.InRange(Asked(MessageKind.FindValue), 1, 5);
        Assert.Equal(["Current 1"], Seen);
    }

    [Fact]
    public void A_holder_that_answers_each_subscription_with_a_change_is_asked_a_hundred_times_between_two_looks()
    {
        _holder.Subscribes = () => Subscribed(_record) with { Status = SubscribeStatus.Changed };
        Watch();
        _world.Run(10 * Look);
        Assert.InRange(Asked(MessageKind.Subscribe), 11, 11 * 101);
        Assert.Equal(["Current 1"], Seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(900)]
    public void A_holder_that_has_ever_more_writers_is_read_for_so_many_pages_and_keeps_no_look_waiting(int milliseconds)
    {
        _record = MakeOpen();
        Watch();
        int asked = Asked(MessageKind.FindValue);
        _holder.Serves = MakeOpen;
        _holder.ServeTime = TimeSpan.FromMilliseconds(milliseconds);
        Tell(new SubscribeReply(SubscribeStatus.Changed, State: 7, Cursor: 0), Transaction());
        _holder.Subscribes = () => new SubscribeReply(SubscribeStatus.Subscribed, 7, 0);
        _world.Run(5 * Look);
        Assert.Equal(6 + 1, Asked(MessageKind.Subscribe));
        Assert.InRange(Asked(MessageKind.FindValue) - asked, 100, 2 * FindValueQuestion.MaxPages);
    }

    [Fact]
    public void A_silent_holder_is_looked_for_at_each_look_and_caught_up_with_when_it_is_back()
    {
        Watch();
        _holder.Answers = false;
        int asked = _holder.Heard.Count;
        _record = Make(sequence: 2);
        _world.Run(5 * Look);
        Assert.InRange(_holder.Heard.Count - asked, 5, 100);
        _holder.Answers = true;
        _world.Run(2 * Look);
        Assert.Equal(["Current 1", "Updated 2"], Seen);
    }

    [Fact]
    public void Nobody_is_asked_any_more_when_the_last_watcher_has_gone()
    {
        Watch();
        _watch.Cancel();
        int asked = Asked(MessageKind.Subscribe);
        ulong transaction = Transaction();
        Tell(Make(sequence: 2), transaction);
        _world.Run(3 * Look);
        Assert.Equal((asked, 1), (Asked(MessageKind.Subscribe), Reader.Core.Counters[DropReason.Unmatched]));
        Assert.IsType<OperationCanceledException>(_watch.Failure);
        Assert.Equal(["Current 1"], Seen);
    }

    private void Watch()
    {
        _watch = Reader.Call((core, scope) => core.Subscribing.WatchAsync(_record.Key, _seen.Add, scope));
        _world.Run(5 * Second);
    }

    private ulong Transaction() => _holder.Heard.Last(h => h.Kind == MessageKind.Subscribe).Transaction;

    /// <summary>How many requests of a kind came, however often each was sent.</summary>
    private int Asked(MessageKind kind) => _holder.Heard.Where(h => h.Kind == kind).Select(h => h.Transaction).Distinct().Count();

    private void Tell(Record record, ulong transaction)
    {
        _record = record;
        Tell(Subscribed(record) with { Status = SubscribeStatus.Changed }, transaction);
    }

    private void Tell(SubscribeReply change, ulong transaction, TimeSpan? time = null)
    {
        _holder.Repeat(Reader.EndPoint, MessageKind.Subscribe | MessageKind.Reply, AddressToken.None, transaction, (codec, to, envelope) =>
            codec.Write(to, envelope, change));
        _world.Run(time ?? Second);
    }

    private static SubscribeReply Subscribed(Record record) =>
        new(SubscribeStatus.Subscribed, Digests.StateOf([DigestEntry.Of(RecordHead.Of(record))]), Cursor: 0);

    private Record Make(long sequence, bool isTombstone = false)
    {
        long expiry = Reader.Core.WallSeconds + 36_000;
        RecordDraft draft = isTombstone
            ? RecordDraft.Tombstone(RecordKind.Owner, _writer, 1, "mine"u8, sequence, expiry)
            : RecordDraft.Owner(_writer, 1, "mine"u8, sequence, expiry, [(byte)sequence]);
        return draft.Complete(_writer.Sign(draft.Preimage));
    }

    private Record MakeOpen()
    {
        using NodeIdentity writer = _world.Scheme.CreateIdentity();
        RecordDraft draft = RecordDraft.Open(writer, 1, "topic"u8, 1, Reader.Core.WallSeconds + 36_000, [1]);
        return draft.Complete(writer.Sign(draft.Preimage));
    }

    private static Record Forge(Record record)
    {
        byte[] signature = record.Signature.ToArray();
        signature[0] ^= 1;
        return new Record(new RecordView(
            record.Kind, record.Algorithm, record.PublicKey.Span, record.Salt.Span, record.Sequence, record.IsTombstone,
            record.ExpirySeconds, record.Value.Span, signature));
    }
}
