using System.Net;

namespace Kademlia.Sqlite.Kills;

/// <summary>A node alone in its network, that puts records without end and prints each that is acknowledged.</summary>
internal static class Victim
{
    /// <summary>What it prints when it has started, and behind it how many records it goes on publishing, before the first record.</summary>
    public const string Ready = "ready, published: ";

    private const int Writers = 64;
    private const int NamesOfAWriter = 16;

    /// <summary>Puts until it is killed.</summary>
    public static async Task RunAsync(string folder)
    {
        await using KademliaNode node = await KademliaNode.StartAsync(new KademliaOptions
        {
            ListenAddresses = [IPAddress.Loopback],
            IdentityFile = Path.Combine(folder, "node.pem"),
            RecordStore = SqliteRecordStore.Open(KillRun.StoreIn(folder)),
        });
        Console.WriteLine($"{Ready}{node.OwnRecords.Count}");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => PutAsync(node, writer)));
    }

    /// <summary>Puts under a few names again and again, values of any length, so that rows are added, replaced, and change their place.</summary>
    private static async Task PutAsync(KademliaNode node, int writer)
    {
        Random random = new(Environment.ProcessId * Writers + writer);
        while (true)
        {
            byte[] value = new byte[random.Next(Record.MaxDatagramValueLength + 1)];
            PutReceipt receipt = await node.PutAsync($"{writer} {random.Next(NamesOfAWriter)}", value);
            if (receipt.Stored > 0)
            {
                Console.WriteLine($"{receipt.Key} {receipt.Record.Sequence}");
            }
        }
    }
}
