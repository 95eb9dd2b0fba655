// Application messages: one node answers a protocol of its own, another finds it by its id and asks.
using System.Text;
using Kademlia;

await using KademliaNode shop = await KademliaNode.StartAsync();
shop.HandleTalk("price", (message, _) =>
{
    string article = Encoding.UTF8.GetString(message.Payload.Span);
    string price = article == "tea" ? "3.20" : "not sold here";
    return ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(price));
});

await using KademliaNode customer = await KademliaNode.StartAsync(new KademliaOptions
{
    Bootstrap = { $"127.0.0.1:{shop.Port}" },
});

if (await customer.FindNodeAsync(shop.Id) is not Contact contact)
{
    Console.WriteLine("the shop is closed");
    return;
}

foreach (string article in (string[])["tea", "coffee"])
{
    ReadOnlyMemory<byte> reply = await customer.TalkAsync(contact, "price", Encoding.UTF8.GetBytes(article));
    Console.WriteLine($"{article}: {Encoding.UTF8.GetString(reply.Span)}");
}
