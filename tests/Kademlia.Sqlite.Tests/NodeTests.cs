using System.Net;
using System.Text;
using Kademlia.Tests.Node;

namespace Kademlia.Sqlite.Tests;

/// <summary>Real nodes with a store.</summary>
public sealed class NodeTests : IDisposable
{
    private const int SmallDisk = 32 * 1024;

    private readonly StoreFolder _writers = new();
    private readonly StoreFolder _holders = new();

    public void Dispose()
    {
        _writers.Dispose();
        _holders.Dispose();
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Records_are_there_when_all_nodes_have_stopped_and_started_again()
    {
        PutReceipt content;
        PutReceipt owner;
        await using (KademliaNode holder = await StartAsync(_holders))
        await using (KademliaNode writer = await StartAsync(_writers, holder))
        {
            content = await writer.PutContentAsync("kept"u8.ToArray(), cancellationToken: Loopback.Token);
            owner = await writer.PutAsync("greeting", "hello"u8.ToArray(), cancellationToken: Loopback.Token);
            Assert.Equal((2, 2), (content.Stored, owner.Stored));
        }

        await using KademliaNode again = await StartAsync(_holders);
        await using KademliaNode reader = await KademliaNode.StartAsync(Loopback.Joining(again), Loopback.Token);
        Assert.Equal("kept", await ReadAsync(reader, content.Key));
        Assert.Equal("hello", await ReadAsync(reader, owner.Key));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_crashed_knows_others_and_keeps_its_leases_up_but_not_what_it_let_go()
    {
        byte[] value = "hello"u8.ToArray();
        using NodeIdentity identity = NodeIdentity.Create();
        await using KademliaNode holder = await StartAsync(_holders);
        KademliaNode writer = await StartAsync(_writers, holder, identity: identity);
        RecordLease mine = await writer.PublishAsync("mine", value, cancellationToken: Loopback.Token);
        RecordLease ours = await writer.PublishOpenAsync("ours", value, cancellationToken: Loopback.Token);
        RecordLease disposed = await writer.PublishAsync("disposed", value, cancellationToken: Loopback.Token);
        await disposed.DisposeAsync();
        RecordLease deleted = await writer.PublishAsync("deleted", value, cancellationToken: Loopback.Token);
        await deleted.DeleteAsync(Loopback.Token);
        writer.Abort();

        await using (KademliaNode again = await StartAsync(_writers, holder, identity: identity))
        {
            Assert.Equal([mine.Key, ours.Key], again.OwnRecords.Select(record => record.Key)); // Owner records come before open ones.
            RecordLease resumed = await again.PublishAsync("mine", value, cancellationToken: Loopback.Token);
            Assert.Equal((mine.Record.Sequence, 2), (resumed.Record.Sequence, resumed.Receipt.Stored));
            PutReceipt after = await again.PutAsync("deleted", value, cancellationToken: Loopback.Token);
            Assert.True(after.Record.Sequence > deleted.Health.Newer!.Sequence);
        }

        await using KademliaNode alone = await StartAsync(_writers, identity: identity);
        await alone.Joined.WaitAsync(Loopback.Token);
        Assert.Equal(3, alone.OwnRecords.Count);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_whose_file_is_damaged_starts_with_nothing_and_publishes_anew()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        await using (KademliaNode node = await StartAsync(_writers, identity: identity))
        {
            await node.PublishAsync("mine", "hello"u8.ToArray(), cancellationToken: Loopback.Token);
        }

        byte[] file = await File.ReadAllBytesAsync(_writers.Path, Loopback.Token);
        await File.WriteAllBytesAsync(_writers.Path, file[..^4096], Loopback.Token);
        await using KademliaNode again = await StartAsync(_writers, identity: identity);
        Assert.Empty(again.OwnRecords);
        Assert.Equal(1, (await again.PublishAsync("mine", "hello"u8.ToArray(), cancellationToken: Loopback.Token)).Receipt.Stored);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_whose_disk_is_full_refuses_and_keeps_what_it_acknowledged()
    {
        List<RecordKey> acknowledged = [];
        await using (KademliaNode holder = await StartAsync(_holders, maxBytes: SmallDisk))
        await using (KademliaNode writer = await StartAsync(_writers, holder))
        {
            while (await PutAsync(writer, holder, acknowledged.Count) is RecordKey key)
            {
                acknowledged.Add(key);
            }

            Assert.Equal(acknowledged.Count, holder.Info.Records);
        }

        Assert.NotEmpty(acknowledged);
        using SqliteRecordStore store = SqliteRecordStore.Open(_holders.Path);
        Assert.All(acknowledged, key => Assert.NotNull(store.Read(key, default)));
    }

    /// <summary>Puts a record; null when the holder refuses it.</summary>
    private static async Task<RecordKey?> PutAsync(KademliaNode writer, KademliaNode holder, int number)
    {
        byte[] value = new byte[Record.MaxDatagramValueLength];
        value[0] = (byte)number;
        PutReceipt receipt = await writer.PutContentAsync(value, cancellationToken: Loopback.Token);
        StoreOutcome outcome = Assert.Single(receipt.Verdicts, verdict => verdict.Contact.Id == holder.Id).Outcome;
        Assert.True(outcome is StoreOutcome.Stored or StoreOutcome.Refused, $"{outcome}");
        return outcome == StoreOutcome.Stored ? receipt.Key : null;
    }

    private static async Task<string> ReadAsync(KademliaNode reader, RecordKey key) =>
        Encoding.UTF8.GetString((await reader.GetAsync(key, cancellationToken: Loopback.Token)).Value.Span);

    /// <summary>Starts a node, which then knows the other, however long they take to verify each other.</summary>
    private static async Task<KademliaNode> StartAsync(
        StoreFolder folder, KademliaNode? bootstrap = null, long? maxBytes = null, NodeIdentity? identity = null)
    {
        KademliaNode node = await KademliaNode.StartAsync(
            new KademliaOptions
            {
                ListenAddresses = [IPAddress.Loopback],
                Bootstrap = Loopback.BootstrapOf(bootstrap),
                Identity = identity,
                RecordStore = SqliteRecordStore.Open(folder.Path, new SqliteRecordStoreOptions { MaxFileBytes = maxBytes }),
            },
            Loopback.Token);
        while (bootstrap is not null && node.Info.Contacts == 0)
        {
            await node.FindClosestAsync(node.Id, Loopback.Token);
        }

        return node;
    }
}
