using Kademlia.Admission;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Tests.Core;

/// <summary>A proven neighbour that lies, rolls back, floods or falls silent costs a bounded part of bytes, time and room, and is counted.</summary>
public sealed class LyingNeighbourTests : IDisposable
{
    private const int Held = 100;

    private readonly World _world = new(1);
    private readonly Dictionary<MessageKind, int> _sentToLiar = [];
    private readonly NodeIdentity _writer;
    private readonly Stranger _liar;
    private WorldNode _node = null!;
    private int _mostBytesInAMinute;
    private byte[] _wanted = [];

    public LyingNeighbourTests()
    {
        _writer = _world.Scheme.CreateIdentity();
        _liar = new Stranger(_world, "60.0.0.1:7411");
    }

    [Fact]
    public void Who_claims_to_have_nothing_is_given_each_record_once_an_hour_and_within_the_budget()
    {
        Meet();
        Hold(Held);
        _liar.Compares = (Same: false, Wanted: 0xFF);
        _liar.Stores = StoreOutcome.Stored;
        Run(TimeSpan.FromMinutes(55));
        Assert.Equal(Held, _sentToLiar[MessageKind.Store]);
        Assert.InRange(_mostBytesInAMinute, Replication.BytesPerMinute / 4, Replication.BytesPerMinute * 5 / 4);
    }

    [Fact]
    public void Who_differs_and_wants_nothing_is_offered_the_same_once_an_hour()
    {
        Meet();
        Hold(Held);
        _liar.Compares = (Same: false, Wanted: 0);
        Run(TimeSpan.FromMinutes(55));
        int pages = (Held + DigestRequest.MaxEntries - 1) / DigestRequest.MaxEntries;
        Assert.InRange(_sentToLiar[MessageKind.Digest], pages + 1, pages + 120);
        Assert.False(_sentToLiar.ContainsKey(MessageKind.Store));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_many_records_only_those_are_offered_that_a_sketch_shows_to_be_lacked(int lackedOfEight)
    {
        Meet();
        Hold(Held);
        _liar.Compares = (Same: false, Wanted: 0xFF);
        _liar.Lacks = (byte)((1 << lackedOfEight) - 1);
        _liar.Stores = StoreOutcome.Stored;
        Run(TimeSpan.FromMinutes(20));
        Assert.Equal(lackedOfEight * ((Held + 7) / 8), _sentToLiar.GetValueOrDefault(MessageKind.Store));
    }

    [Fact]
    public void Sketches_without_pause_are_looked_at_for_a_part_of_the_time()
    {
        const int Turns = 20;
        Meet();
        Hold(10 * Held);
        AddressToken token = Token();
        _sentToLiar.Clear();
        for (int i = 0; i < 10 * Turns; i++)
        {
            _liar.Ask(_node.EndPoint, MessageKind.Digest, token, (codec, to, envelope) =>
                codec.Write(to, envelope, new DigestRequest(0, 0, [], new byte[DigestRequest.SketchedLength]), Codec.MinRequestLength));
            Run(Replication.SketchTime * Held);
        }

        Run(TimeSpan.FromSeconds(1));
        Assert.InRange(_sentToLiar[MessageKind.Digest | MessageKind.Reply], Turns / 4, 2 * Turns);
        Assert.True(_node.Core.Counters.SummariesUnanswered > 3 * Turns);
    }

    [Fact]
    public void Who_wanted_nothing_and_lost_its_store_is_offered_all_again_once_an_hour()
    {
        Meet();
        Hold(Held);
        _liar.Compares = (Same: false, Wanted: 0);
        Run(TimeSpan.FromMinutes(20));
        _liar.Compares = (Same: false, Wanted: 0xFF);
        _liar.Stores = StoreOutcome.Stored;
        SayThatItHasNothing();
        Assert.Equal(Held, _sentToLiar[MessageKind.Store]);
        SayThatItHasNothing();
        Assert.Equal(Held, _sentToLiar[MessageKind.Store]);

        void SayThatItHasNothing()
        {
            AddressToken token = _liar.Ping(_node.EndPoint);
            _liar.Ask(_node.EndPoint, MessageKind.Digest, token, (codec, to, envelope) =>
                codec.Write(to, envelope, new DigestRequest(0, 0, []), Codec.MinRequestLength));
            Run(TimeSpan.FromMinutes(8));
        }
    }

    [Fact]
    public void Who_wants_everything_and_never_answers_is_left_alone_until_the_next_time_and_others_are_served()
    {
        Meet();
        Hold(Held);
        WorldNode honest = _world.Add(configure: null, ipv4: true, _node);
        honest.Begin();
        _liar.Compares = (Same: false, Wanted: 0xFF);
        Run(TimeSpan.FromMinutes(55));
        int visits = _sentToLiar[MessageKind.Digest];
        Assert.InRange(_sentToLiar[MessageKind.Store], 1, 3 * visits);
        Assert.InRange(_node.Core.Counters.ExchangesCutShort, 1, visits);
        Assert.Equal(Held, honest.Core.Holding.Index.Count);
    }

    [Fact]
    public void Who_answers_as_slowly_as_it_may_is_served_for_ten_minutes_at_a_time()
    {
        Meet();
        Hold(10 * Held);
        _liar.Compares = (Same: false, Wanted: 0xFF);
        _liar.Stores = StoreOutcome.Stored;
        _liar.StoreTime = TimeSpan.FromSeconds(4.8);
        Run(TimeSpan.FromHours(1));
        Assert.InRange(_node.Core.Counters.ExchangesCutShort, 1, 6);
    }

    [Fact]
    public void What_a_liar_holds_instead_is_believed_only_if_its_writer_signed_it()
    {
        Meet();
        Record mine = Make(sequence: 1);
        Hold(mine);
        _liar.Compares = (Same: false, Wanted: 0xFF);
        _liar.Stores = StoreOutcome.Older;
        _liar.Newer = Forge(Make(sequence: 9));
        Run(TimeSpan.FromMinutes(15));
        Assert.Equal(1, _node.Core.Read(mine.Key, mine.Writer)!.Sequence);
        Assert.Equal(1, _sentToLiar[MessageKind.Store]);
    }

    [Fact]
    public void Forged_and_rolled_back_replicas_change_nothing_and_are_counted()
    {
        Meet();
        Record held = Make(sequence: 5);
        Hold(held);
        AddressToken token = Token();
        Give(token, Forge(Make(sequence: 6)));
        Give(token, Make(sequence: 4));
        Give(token, Make(sequence: 4, isTombstone: true));
        Assert.Equal(5, _node.Core.Read(held.Key, held.Writer)!.Sequence);
        Assert.Equal((1, 2), (_node.Core.Counters[StoreOutcome.Refused], _node.Core.Counters[StoreOutcome.Older]));
    }

    [Fact]
    public void Endless_offers_of_what_nobody_has_cause_no_request_and_no_room_is_taken()
    {
        Meet();
        AddressToken token = Token();
        Run(TimeSpan.FromSeconds(1));
        byte[] entries = new byte[DigestRequest.MaxEntries * DigestEntry.Length];
        for (int i = 0; i < 150; i++)
        {
            _world.Random.NextBytes(entries);
            Offer(token, entries);
        }

        _sentToLiar.Clear();
        Run(TimeSpan.FromSeconds(5));
        Assert.Equal(150, _sentToLiar[MessageKind.Digest | MessageKind.Reply]);
        Assert.InRange(_sentToLiar.Where(sent => (sent.Key & MessageKind.Reply) == 0).Sum(sent => sent.Value), 0, 10);
        Assert.Equal(0, _node.Core.Holding.Index.StrangerCount);
    }

    [Fact]
    public void Summaries_without_pause_are_compared_once_a_second_and_answered_with_one_offer_in_five_minutes()
    {
        Meet();
        Hold(Held);
        AddressToken token = Token();
        _liar.Compares = (Same: true, Wanted: 0);
        _sentToLiar.Clear();
        for (int second = 0; second < 60; second++)
        {
            for (int i = 0; i < 50; i++)
            {
                _liar.Ask(_node.EndPoint, MessageKind.Digest, token, (codec, to, envelope) =>
                    codec.Write(to, envelope, new DigestRequest(i, (ulong)second, []), Codec.MinRequestLength));
            }

            Run(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_sentToLiar[MessageKind.Digest | MessageKind.Reply], 30, 61);
        Assert.True(_node.Core.Counters.SummariesUnanswered > 2000);
        int pages = (Held + DigestRequest.MaxEntries - 1) / DigestRequest.MaxEntries;
        Assert.InRange(_sentToLiar[MessageKind.Digest], pages, pages + 3);
    }

    [Fact]
    public void A_neighbour_s_replicas_fill_a_quarter_of_their_pool_and_what_it_pushed_out_is_wanted_from_others()
    {
        const int Pool = 64 * 1024;
        Meet(o => o with { MaxStrangerBytes = RecordLimits.Pools * Pool });
        Stranger other = new(_world, "61.0.0.1:7411");
        Introduce(other);
        AddressToken token = Token();
        Record[] records = [.. Enumerable.Range(0, 60).Select(_ => Make(writer: _world.Scheme.CreateIdentity())).OrderByDescending(r => r.Key.Hash ^ _node.Id)];
        Array.ForEach(records, r => Give(token, r));
        RecordEntry[] held = [.. _node.Core.Holding.Index.ClosestFirst];
        Assert.All(held, e => Assert.Equal(RecordOrigin.Replica, e.Origin));
        Assert.InRange(held.Sum(e => e.Head.Size), (Pool / 4) - 2000, Pool / 4);
        Assert.Equal(records.Reverse().Take(held.Length).Select(r => r.Key), held.Select(e => e.Key));

        byte[] entry = new byte[DigestEntry.Length];
        DigestEntry.Of(RecordHead.Of(records[0])).WriteTo(entry);
        Offer(token, entry);
        Run(TimeSpan.FromSeconds(1));
        Assert.Equal([0], _wanted);
        Offer(Token(other), entry, other);
        Run(TimeSpan.FromSeconds(1));
        Assert.Equal([1], _wanted);
    }

    [Fact]
    public void A_replica_of_a_key_that_others_are_to_hold_is_a_put_and_so_is_one_from_a_stranger()
    {
        Meet();
        Stranger stranger = new(_world, "61.0.0.1:7411") { ProofStatus = ProofStatus.Busy };
        Give(Token(stranger), Make(name: "from a stranger"), stranger);
        Give(Token(), Make(name: "from a neighbour"));
        Contact[] dense = [.. Enumerable.Range(1, 20).Select(i => new Contact(new NodeId(0, 0, 0, (ulong)i), _liar.EndPoint))];
        _node.Core.Overlays[0].OnWalk(default, dense);
        Give(Token(), Make(name: "not ours"));
        Assert.Equal(
            [(RecordOrigin.Put, stranger.EndPoint), (RecordOrigin.Replica, _liar.EndPoint), (RecordOrigin.Put, _liar.EndPoint)],
            new[] { "from a stranger", "from a neighbour", "not ours" }.Select(name => ClaimOf(Make(name: name), stranger.EndPoint, _liar.EndPoint)));
    }

    public void Dispose() => _writer.Dispose();

    private void Meet(Func<CoreOptions, CoreOptions>? configure = null)
    {
        _node = _world.Add(configure);
        _node.Begin();
        Introduce(_liar);
        int bytes = 0;
        TimeSpan minute = _world.Now;
        _world.Sniffer = (from, to, datagram) =>
        {
            new Codec(1).TryReadEnvelope(datagram, out Envelope envelope, out ReadOnlySpan<byte> body);
            if (to == _liar.EndPoint)
            {
                _sentToLiar[envelope.Kind] = _sentToLiar.GetValueOrDefault(envelope.Kind) + 1;
                (bytes, minute) = _world.Now - minute < TimeSpan.FromMinutes(1) ? (bytes + datagram.Length, minute) : (datagram.Length, _world.Now);
                _mostBytesInAMinute = Math.Max(_mostBytesInAMinute, bytes);
            }

            _wanted = from == _node.EndPoint && Codec.TryRead(body, out DigestReply reply) ? reply.Wanted.ToArray() : _wanted;
        };
    }

    /// <summary>A stranger pings with a token, is asked for its proof, and enters the table.</summary>
    private void Introduce(Stranger stranger)
    {
        AddressToken token = Token(stranger);
        stranger.Ask(_node.EndPoint, MessageKind.Ping, token, (codec, to, envelope) => codec.WritePing(to, envelope, Codec.MinRequestLength));
        Run(TimeSpan.FromSeconds(1));
        Assert.True(_node.Core.Overlays[0].Table.Contains(stranger.Contact));
    }

    private AddressToken Token(Stranger? asker = null)
    {
        asker ??= _liar;
        asker.Ask(_node.EndPoint, MessageKind.Ping, AddressToken.None, (codec, to, envelope) => codec.WritePing(to, envelope, Codec.MinRequestLength));
        Run(TimeSpan.FromSeconds(1));
        return asker.Heard.FindLast(heard => heard.Kind == (MessageKind.Ping | MessageKind.Reply)).Token;
    }

    private void Give(AddressToken token, Record record, Stranger? giver = null)
    {
        (giver ?? _liar).Ask(_node.EndPoint, MessageKind.Store, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new StoreRequest(StorePurpose.Replica, record.View, StoreRequest.Unconditional), Codec.MinRequestLength));
        Run(TimeSpan.FromSeconds(1));
    }

    private void Offer(AddressToken token, byte[] entries, Stranger? giver = null) =>
        (giver ?? _liar).Ask(_node.EndPoint, MessageKind.Digest, token, (codec, to, envelope) =>
            codec.Write(to, envelope, new DigestRequest(0, 0, entries), Codec.MinRequestLength));

    private void Hold(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Hold(Make(name: $"{i}"));
        }
    }

    private void Hold(Record record) =>
        _world.Await(_node.Call((core, _) => core.Holding.HoldOwnAsync(record, StoreRequest.Unconditional)));

    private (RecordOrigin Origin, PeerEndPoint Payer) ClaimOf(Record record, params PeerEndPoint[] payers)
    {
        RecordEntry entry = _node.Core.Holding.Index.Find(record.Key, record.Writer)!;
        return (entry.Origin, payers.Single(p => AddressGroup.Of(p) == entry.Source));
    }

    private void Run(TimeSpan time) => _world.Run(time);

    private Record Make(long sequence = 1, string name = "name", bool isTombstone = false, NodeIdentity? writer = null)
    {
        writer ??= _writer;
        long expiry = (_world.Wall + TimeSpan.FromHours(40)).ToUnixTimeSeconds() / 86400 * 86400;
        byte[] salt = RecordKey.EncodeName(name);
        RecordDraft draft = isTombstone
            ? RecordDraft.Tombstone(RecordKind.Owner, writer, 1, salt, sequence, expiry)
            : RecordDraft.Owner(writer, 1, salt, sequence, expiry, new byte[200]);
        return draft.Complete(writer.Sign(draft.Preimage));
    }

    private static Record Forge(Record genuine)
    {
        RecordView view = genuine.View;
        byte[] signature = [.. view.Signature];
        signature[7] ^= 1;
        return new Record(new RecordView(
            view.Kind, view.Algorithm, view.PublicKey, view.Salt, view.Sequence, view.IsTombstone, view.ExpirySeconds, view.Value, signature));
    }
}
