using FsCheck;
using FsCheck.Fluent;
using Kademlia.Routing;

namespace Kademlia.Tests.Routing;

public class DistanceOrderTests
{
    [Fact]
    public void Ranks_by_vector_are_the_ranks_one_by_one()
    {
        Gen<uint> head = Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(int.MinValue, int.MaxValue)).Select(bits => (uint)bits);
        Gen<(uint[] Heads, uint Target)> cases =
            from heads in head.ArrayOf()
            from target in head
            select (heads, target);

        Prop.ForAll(cases.ToArbitrary(), each => Ranks(each.Heads, each.Target, DistanceOrder.RankByVector)
            .SequenceEqual(Ranks(each.Heads, each.Target, DistanceOrder.RankByScalar))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Contacts_are_in_exact_order_even_when_their_heads_tie()
    {
        Gen<ulong> word = Gen.Choose(0, 2).Select(bits => (ulong)bits);
        Gen<NodeId> id =
            from a in word
            from b in word
            from c in word
            from d in word
            select new NodeId(a << 62, b << 62, c << 62, d);
        Gen<(NodeId[] Ids, NodeId Target, int Wanted)> cases =
            from ids in id.ArrayOf()
            from target in id
            from wanted in Gen.Choose(0, 30)
            select (ids.Distinct().ToArray(), target, wanted);

        Prop.ForAll(cases.ToArbitrary(), each =>
        {
            ContactList list = new(0);
            foreach (NodeId known in each.Ids)
            {
                list.Insert(new TableEntry(new Contact(known, default), TimeSpan.Zero));
            }

            Contact[] found = new Contact[each.Wanted];
            int count = list.CopyClosest(each.Target, found);
            return found[..count].Select(contact => contact.Id)
                .SequenceEqual(each.Ids.OrderBy(known => known ^ each.Target).Take(each.Wanted));
        }).QuickCheckThrowOnFailure();
    }

    private delegate void Ranking(ReadOnlySpan<uint> heads, uint targetHead, int count, Span<int> places);

    private static int[] Ranks(uint[] heads, uint target, Ranking ranking)
    {
        uint[] padded = new uint[DistanceOrder.PaddedLength(heads.Length)];
        heads.CopyTo(padded, 0);
        int[] places = new int[padded.Length];
        ranking(padded, target, heads.Length, places);
        return places[..heads.Length];
    }
}
