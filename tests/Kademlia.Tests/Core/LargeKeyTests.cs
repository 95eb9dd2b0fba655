using Kademlia.Messages;
using Kademlia.Records;

namespace Kademlia.Tests.Core;

/// <summary>An open key with as many writers as a holder keeps is read, and replicated, to the last of them.</summary>
public class LargeKeyTests
{
    private const int Writers = 250;

    [Theory]
    [InlineData(100, 1)]
    [InlineData(100, 2)]
    [InlineData(400, 3)]
    public void A_get_of_a_key_with_hundreds_of_writers_finds_all_of_them(int length, int seed)
    {
        World world = new(seed);
        world.Grow(30);
        RecordKey key = Fill(world, Holders(world), length);
        WorldNode reader = Reader(world);
        int bytes = 0;
        world.Sniffer = (from, to, datagram) => bytes += datagram.Length;
        GetResult result = world.Await(reader.Call((core, scope) => core.Getting.GetAsync(key, new GetOptions(), scope)));
        Assert.Equal(Writers, result.Records.Count);
        Assert.InRange(bytes, Writers * length, MostBytes(length));
    }

    [Fact]
    public void Writers_that_each_holder_lacks_some_of_are_all_found()
    {
        World world = new(5);
        world.Grow(30);
        RecordKey key = Fill(world, Holders(world), 100, lacking: 0.1);
        GetResult result = world.Await(Reader(world).Call((core, scope) => core.Getting.GetAsync(key, new GetOptions(), scope)));
        Assert.InRange(result.Records.Count, Writers - 2, Writers);
    }

    [Fact]
    public void A_liar_with_endless_pages_of_forged_records_is_asked_no_more_once_one_was_verified()
    {
        World world = new(6);
        WorldNode reader = world.Add();
        Stranger liar = new(world, "60.0.0.1:7411") { Serves = () => Make(world, 100, isForged: true) };
        reader.Bootstrap = [liar.EndPoint];
        world.Await(reader.Begin());
        GetResult result = world.Await(reader.Call((core, scope) => core.Getting.GetAsync(RecordKey.ForName("crowd"), new GetOptions(), scope)));
        Assert.False(result.Found);
        Assert.InRange(liar.Heard.Count(heard => heard.Kind == MessageKind.FindValue), 1, 5);
    }

    [Fact]
    public void A_newcomer_in_a_small_network_is_given_every_writer_within_minutes()
    {
        World world = new(4);
        world.Grow(2);
        RecordKey key = Fill(world, world.Nodes, 100);
        world.Grow(1);
        world.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(Writers, world.Nodes[2].Core.Holding.Index.Under(key).Length);
    }

    /// <summary>Each record five times, with a third of its size for what goes around it: 4.6 times is the most that a dozen seeds showed.</summary>
    private static int MostBytes(int length) => 5 * Writers * (length + 300) * 4 / 3;

    private static IEnumerable<WorldNode> Holders(World world) =>
        world.Nodes.OrderBy(n => n.Id ^ RecordKey.ForName("crowd").Hash).Take(20);

    private static WorldNode Reader(World world)
    {
        WorldNode reader = world.Add(o => o with { IsClient = true }, ipv4: true, world.Nodes[0]);
        world.Await(reader.Begin());
        return reader;
    }

    /// <summary>Has nodes hold a record of each writer, as if all had put theirs, but for a part that each lacks.</summary>
    private static RecordKey Fill(World world, IEnumerable<WorldNode> holders, int length, double lacking = 0)
    {
        Record[] records = [.. Enumerable.Range(0, Writers).Select(_ => Make(world, length))];
        foreach (WorldNode holder in holders)
        {
            foreach (Record record in records.Where(_ => world.Random.NextDouble() >= lacking))
            {
                world.Await(holder.Call((core, _) => core.Holding.HoldOwnAsync(record, RecordIndex.Unconditional)));
            }
        }

        return records[0].Key;
    }

    private static Record Make(World world, int length, bool isForged = false)
    {
        using NodeIdentity writer = world.Scheme.CreateIdentity();
        using NodeIdentity signer = isForged ? world.Scheme.CreateIdentity() : writer;
        long expiry = (world.Wall + TimeSpan.FromHours(20)).ToUnixTimeSeconds();
        RecordDraft draft = RecordDraft.Open(writer, 1, RecordKey.EncodeName("crowd"), 1, expiry, new byte[length]);
        return draft.Complete(signer.Sign(draft.Preimage));
    }
}
