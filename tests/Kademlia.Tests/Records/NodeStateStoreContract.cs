using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>What every store keeps to that keeps a node's state.</summary>
public abstract class NodeStateStoreContract : IDisposable
{
    private static readonly Contact[] Contacts =
    [
        new(new NodeId(1, 2, 3, 4), PeerEndPoint.Parse("192.0.2.1:7411")),
        new(new NodeId(5, 6, 7, 8), PeerEndPoint.Parse("[2001:db8::1]:65535")),
        new(new NodeId(9, 0, 0, 0), PeerEndPoint.Parse("192.0.2.1:7412")),
    ];

    private readonly RecordSamples _samples = RecordSamples.Simulated;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        _samples.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_new_store_knows_nothing()
    {
        using INodeStateStore store = Open();
        Assert.Empty(store.LoadState().Contacts);
        Assert.Empty(store.LoadState().Own);
    }

    [Fact]
    public async Task Contacts_are_those_that_were_saved_last()
    {
        foreach (Contact[] saved in new[] { Contacts[..2], Contacts, Contacts[2..], [] })
        {
            using (INodeStateStore store = Open())
            {
                await store.SaveContactsAsync(Contacts, Token);
                await store.SaveContactsAsync(saved, Token);
            }

            using INodeStateStore again = Open();
            Assert.Equal(saved, again.LoadState().Contacts);
        }
    }

    [Fact]
    public async Task Of_each_key_is_known_what_was_saved_last()
    {
        OwnRecordState[] states =
        [
            Kept(_samples.Owner(), TimeSpan.FromHours(24)),
            Kept(_samples.Open(), TimeSpan.FromTicks(1)),
            Kept(RecordSamples.Content(new string('.', Record.MaxValueLength)), TimeSpan.FromDays(2)),
            NotKept(_samples.Tombstone(salt: "deleted")),
            NotKept(_samples.Open(name: "taken", sequence: long.MaxValue)),
        ];
        using (INodeStateStore store = Open())
        {
            await store.SaveOwnAsync(NotKept(_samples.Owner(sequence: 1)), Token);
            await store.SaveOwnAsync(Kept(_samples.Tombstone(salt: "deleted", sequence: 4), TimeSpan.FromHours(1)), Token);
            await Task.WhenAll(states.Select(state => store.SaveOwnAsync(state, Token).AsTask()));
        }

        using INodeStateStore again = Open();
        AssertSame(states, again.LoadState().Own);
    }

    [Fact]
    public async Task Saves_of_one_key_that_nobody_waits_for_take_effect_in_their_order()
    {
        using (INodeStateStore store = Open())
        {
            await Task.WhenAll(Enumerable.Range(1, 200).SelectMany(i => new[]
            {
                store.ForgetOwnAsync(_samples.Owner().Key, Token).AsTask(),
                store.SaveOwnAsync(NotKept(_samples.Owner(sequence: i)), Token).AsTask(),
            }));
        }

        using INodeStateStore again = Open();
        Assert.Equal(200, Assert.Single(again.LoadState().Own).Sequence);
    }

    [Fact]
    public async Task What_was_forgotten_is_not_known_and_the_rest_is()
    {
        OwnRecordState kept = Kept(_samples.Owner(salt: "kept"), TimeSpan.FromHours(1));
        using (INodeStateStore store = Open())
        {
            await store.SaveOwnAsync(kept, Token);
            await store.SaveOwnAsync(NotKept(_samples.Owner(salt: "forgotten")), Token);
            await store.ForgetOwnAsync(_samples.Owner(salt: "forgotten").Key, Token);
            await store.ForgetOwnAsync(_samples.Owner(salt: "never known").Key, Token);
        }

        using INodeStateStore again = Open();
        AssertSame([kept], again.LoadState().Own);
    }

    [Fact]
    public async Task State_and_records_leave_each_other_alone()
    {
        Record record = _samples.Owner();
        using (INodeStateStore store = Open())
        {
            await store.WriteAsync(record, null, Token);
            await store.SaveOwnAsync(NotKept(record), Token);
            await store.ForgetOwnAsync(record.Key, Token);
        }

        using INodeStateStore again = Open();
        Assert.True(record.IsSameAs(Assert.Single(again.Load())));
        Assert.Empty(again.LoadState().Own);
    }

    /// <summary>Opens the store as it was left; the first time, a new one.</summary>
    protected abstract INodeStateStore Open();

    private static OwnRecordState Kept(Record record, TimeSpan lifetime) =>
        new(record.Key, record.Sequence, record.Expiry, record, lifetime, record.Expiry.AddMilliseconds(-12_345));

    private static OwnRecordState NotKept(Record record) => new(record.Key, record.Sequence, record.Expiry, null, default, default);

    private static void AssertSame(IEnumerable<OwnRecordState> expected, IReadOnlyList<OwnRecordState> actual)
    {
        OwnRecordState[] sorted = [.. expected.OrderBy(own => own.Key.Hash)];
        Assert.Equal(sorted.Select(own => own with { Kept = null }), actual.OrderBy(own => own.Key.Hash).Select(own => own with { Kept = null }));
        Assert.Equal(
            sorted.Select(own => own.Kept is null ? "" : $"{own.Kept} {Convert.ToHexString(own.Kept.Signature.Span)}"),
            actual.OrderBy(own => own.Key.Hash).Select(own => own.Kept is null ? "" : $"{own.Kept} {Convert.ToHexString(own.Kept.Signature.Span)}"));
    }
}
