using Kademlia.Records;

namespace Kademlia.Tests.Records;

/// <summary>What every record store keeps to.</summary>
public abstract class RecordStoreContract : IDisposable
{
    private readonly RecordSamples _samples = RecordSamples.Simulated;

    protected RecordStoreContract() => Store = CreateStore();

    protected IRecordStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        Store.Dispose();
        _samples.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_record_written_is_read()
    {
        Record record = _samples.Owner();
        Assert.Null(Store.Read(record.Key, record.Writer));
        Assert.True(await Store.WriteAsync(record, null, Token));
        Assert.True(record.IsSameAs(Store.Read(record.Key, record.Writer)!));
    }

    [Fact]
    public async Task The_longest_record_is_read_as_it_was_written()
    {
        Record record = _samples.Owner(new string('x', Record.MaxValueLength));
        Assert.True(await Store.WriteAsync(record, null, Token));
        Assert.True(record.IsSameAs(Store.Read(record.Key, record.Writer)!));
    }

    [Fact]
    public async Task A_slot_that_holds_something_is_not_empty()
    {
        Record record = _samples.Owner();
        await Store.WriteAsync(record, null, Token);
        Assert.False(await Store.WriteAsync(_samples.Owner(sequence: 6), null, Token));
        Assert.True(record.IsSameAs(Store.Read(record.Key, record.Writer)!));
    }

    [Fact]
    public async Task A_record_replaces_the_expected_one_and_no_other()
    {
        Record first = _samples.Owner(sequence: 1);
        Record second = _samples.Owner(sequence: 2);
        Record third = _samples.Owner(sequence: 3);
        await Store.WriteAsync(first, null, Token);

        Assert.False(await Store.WriteAsync(third, second, Token));
        Assert.True(first.IsSameAs(Store.Read(first.Key, first.Writer)!));
        Assert.True(await Store.WriteAsync(third, first, Token));
        Assert.True(third.IsSameAs(Store.Read(first.Key, first.Writer)!));
    }

    [Fact]
    public async Task A_record_does_not_replace_what_is_not_there()
    {
        Record record = _samples.Owner(sequence: 2);
        Assert.False(await Store.WriteAsync(record, _samples.Owner(sequence: 1), Token));
        Assert.Null(Store.Read(record.Key, record.Writer));
    }

    [Fact]
    public async Task What_differs_in_one_field_is_not_the_expected_record()
    {
        Record held = _samples.Owner();
        await Store.WriteAsync(held, null, Token);
        Record[] others = [_samples.Owner("other"), _samples.Owner(sequence: 4), _samples.Owner(expiry: 7), _samples.Tombstone()];
        foreach (Record other in others)
        {
            Assert.False(await Store.WriteAsync(_samples.Owner(sequence: 9), other, Token));
            Assert.False(await Store.RemoveAsync(other, Token));
        }

        Assert.True(held.IsSameAs(Store.Read(held.Key, held.Writer)!));
    }

    [Fact]
    public async Task A_removed_record_is_gone_and_its_slot_is_empty()
    {
        Record record = _samples.Open();
        await Store.WriteAsync(record, null, Token);
        Assert.True(await Store.RemoveAsync(record, Token));
        Assert.False(await Store.RemoveAsync(record, Token));
        Assert.Null(Store.Read(record.Key, record.Writer));
        Assert.True(await Store.WriteAsync(record, null, Token));
    }

    [Fact]
    public async Task Writers_under_one_open_key_and_kinds_under_one_name_have_slots_of_their_own()
    {
        using NodeIdentity other = _samples.Scheme.CreateIdentity();
        RecordDraft draft = RecordDraft.Open(other, RecordSamples.Network, "topic"u8, 1, RecordSamples.Expiry, "theirs"u8);
        Record[] records =
            [_samples.Open(), draft.Complete(other.Sign(draft.Preimage)), _samples.Owner(salt: "topic"), RecordSamples.Content("topic")];
        foreach (Record record in records)
        {
            Assert.True(await Store.WriteAsync(record, null, Token));
        }

        Assert.All(records, record => Assert.True(record.IsSameAs(Store.Read(record.Key, record.Writer)!)));
    }

    [Fact]
    public async Task Load_gives_back_everything_kept_in_an_order_of_its_contents()
    {
        Record[] records = [RecordSamples.Content("a"), RecordSamples.Content("b"), _samples.Open(), _samples.Tombstone()];
        foreach (Record record in records)
        {
            await Store.WriteAsync(record, null, Token);
        }

        List<Record> first = [.. Store.Load()];
        foreach (Record record in records)
        {
            await Store.RemoveAsync(record, Token);
        }

        Assert.Empty(Store.Load());
        foreach (Record record in records.Reverse())
        {
            await Store.WriteAsync(record, null, Token);
        }

        Assert.Equal(records.Length, first.Count);
        Assert.Equal(first.Select(record => record.Key), Store.Load().Select(record => record.Key));
    }

    protected abstract IRecordStore CreateStore();
}
