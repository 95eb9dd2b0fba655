using System.Text;
using Kademlia;

await using KademliaNode alice = await KademliaNode.StartAsync();
await using KademliaNode bob = await KademliaNode.StartAsync(new KademliaOptions
{
    Bootstrap = { $"127.0.0.1:{alice.Port}" },
});

PutReceipt receipt = await alice.PutAsync("greeting", "hello"u8.ToArray()); // signed: only alice can change it
Console.WriteLine($"stored on {receipt.Stored} of {receipt.Wanted} nodes");

GetResult result = await bob.GetAsync(receipt.Key);
Console.WriteLine(result.Found ? Encoding.UTF8.GetString(result.Value.Span) : "not found");
