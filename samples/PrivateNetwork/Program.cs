// A private network: every datagram is sealed with one key, and whoever lacks it gets no answer.
using System.Security.Cryptography;
using Kademlia;

byte[] key = RandomNumberGenerator.GetBytes(32);

await using KademliaNode host = await StartAsync(key);
await using KademliaNode member = await StartAsync(key);
await using KademliaNode stranger = await StartAsync(networkKey: default);

PeerEndPoint door = PeerEndPoint.Parse($"127.0.0.1:{host.Port}");
Console.WriteLine($"member:   {await KnockAsync(member)}");
Console.WriteLine($"stranger: {await KnockAsync(stranger)}");

static Task<KademliaNode> StartAsync(ReadOnlyMemory<byte> networkKey) => KademliaNode.StartAsync(new KademliaOptions
{
    NetworkName = "private sample",
    NetworkKey = networkKey,
    RequestTimeout = TimeSpan.FromSeconds(2),
});

async Task<string> KnockAsync(KademliaNode node) => await node.PingAsync(door) is PingResult answer
    ? $"answered by {answer.Contact.Id}"
    : "no answer";
