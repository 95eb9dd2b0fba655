using Kademlia.Records;
using Kademlia.Tests.Node;
using Kademlia.Tests.Records;

namespace Kademlia.Sqlite.Tests;

public sealed class SqliteNodeStateTests : NodeStateStoreContract
{
    private readonly StoreFolder _folder = new();

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_has_expired_and_is_not_kept_published_is_forgotten_for_good()
    {
        Record[] records = [_folder.Samples.Owner(salt: "kept"), _folder.Samples.Owner(salt: "late", expiry: RecordSamples.Expiry + 1), _folder.Samples.Owner(salt: "over")];
        using (SqliteRecordStore store = _folder.Open())
        {
            foreach (Record record in records)
            {
                await store.SaveOwnAsync(
                    new(record.Key, record.Sequence, record.Expiry, record == records[0] ? record : null, default, default), StoreFolder.Token);
            }
        }

        RecordKey[] left = [.. records[..2].Select(record => record.Key).OrderBy(key => key.Hash)];
        foreach (long now in new[] { RecordExpiry.EndOf(RecordSamples.Expiry), RecordSamples.Now })
        {
            using SqliteRecordStore store = _folder.Open(now);
            Assert.Equal(left, store.LoadState().Own.Select(own => own.Key));
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_full_disk_saves_nothing_says_so_and_has_what_was_saved_before()
    {
        OwnRecordState first = new(_folder.Samples.Owner().Key, 1, default, _folder.Samples.Owner(), default, default);
        using (SqliteRecordStore store = _folder.Open(maxBytes: 32 * 1024))
        {
            await store.SaveOwnAsync(first, StoreFolder.Token);
            await Assert.ThrowsAsync<KademliaException>(() => StoreFolder.FillAsync(store, 1000));
            Record large = _folder.Samples.Owner(new string('.', Record.MaxValueLength), salt: "another");
            await Assert.ThrowsAsync<KademliaException>(async () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    Record next = _folder.Samples.Owner(new string('.', Record.MaxValueLength), salt: $"{i}");
                    await store.SaveOwnAsync(new(next.Key, 1, default, large, default, default), StoreFolder.Token);
                }
            });
        }

        using SqliteRecordStore again = _folder.Open();
        Assert.Contains(first.Key, again.LoadState().Own.Select(own => own.Key));
    }

    protected override INodeStateStore Open() => _folder.Open();
}
