using FsCheck;
using FsCheck.Fluent;
using Kademlia.Routing;

namespace Kademlia.Tests.Routing;

/// <summary>What holds after any sequence of steps, beside naive models.</summary>
public class RoutingTableProperties
{
    private const int K = 3;
    private static readonly NodeId Self = Small.Id(0b010110, 6);
    private static readonly TableStepKind[] AnyKind = [TableStepKind.Add, TableStepKind.Add, TableStepKind.Add, TableStepKind.Reply, TableStepKind.Fail, TableStepKind.Fail, TableStepKind.ChangeId, TableStepKind.Remove];

    private static RoutingTable Limited() => new(Self, new RoutingTableOptions
    {
        BucketSize = K,
        ReplacementsPerBucket = 2,
        MaxFailures = TableModel.MaxFailures,
        MaxPerGroupInBucket = 1,
        MaxPerGroupInTable = 2,
        MaxPerWideGroupInTable = 3,
    });

    private static RoutingTable Unlimited(int bucketSize) => new(Self, new RoutingTableOptions
    {
        BucketSize = bucketSize,
        MaxPerGroupInBucket = int.MaxValue,
        MaxPerGroupInTable = int.MaxValue,
        MaxPerWideGroupInTable = int.MaxValue,
    });

    [Fact]
    public void Every_step_keeps_the_invariants_and_does_what_the_model_allows() => ForAll(AnyKind, steps =>
    {
        TableModel model = new(Limited());
        foreach (TableStep step in steps)
        {
            model.Take(step);
        }
    });

    [Fact]
    public void The_closest_are_those_of_a_sorted_list() => ForAll(AnyKind, steps =>
    {
        TableModel model = new(Limited());
        foreach (TableStep step in steps)
        {
            model.Take(step);
        }

        for (int bits = 0; bits < 64; bits++)
        {
            AssertClosest(model.Table, Small.Id(bits, 6), wanted: (bits % 9) + 1);
        }
    });

    [Fact]
    public void Those_closer_than_the_own_id_that_do_not_fail_are_counted_as_in_a_list() => ForAll(AnyKind, steps =>
    {
        TableModel model = new(Limited());
        foreach (TableStep step in steps)
        {
            model.Take(step);
        }

        for (int bits = 0; bits < 64; bits++)
        {
            NodeId target = Small.Id(bits, 6);
            Assert.Equal(model.Table.ToArray().Count(c => !model.IsFailing(c) && (c.Id ^ target) < (Self ^ target)), model.Table.CountCloser(target));
        }
    });

    [Fact]
    public void All_known_contacts_of_the_smallest_subtree_with_k_contacts_are_kept() => ForAll([TableStepKind.Add], steps =>
    {
        RoutingTable table = Unlimited(bucketSize: 12);
        List<Contact> known = [];
        foreach (TableStep step in steps)
        {
            bool isRival = step.Contact.Id == Self
                || table.TryGet(step.Contact.Id, out _)
                || table.TryGetByEndPoint(step.Contact.EndPoint, out _);
            table.Add(step.Contact, TimeSpan.Zero, out _);
            if (!isRival)
            {
                known.Add(step.Contact);
            }

            // 12 contacts, and three times as many in one bucket: a world of 64 ids cannot overflow that.
            int prefix = Enumerable.Range(0, 7).Last(bits => bits == 0 || CountWithin(known, bits) >= 12);
            Assert.All(known.Where(contact => contact.Id.CommonPrefixLength(Self) >= prefix), contact => Assert.True(table.Contains(contact)));
        }
    });

    [Fact]
    public void A_split_moves_contacts_and_their_order_into_two_buckets() => ForAll([TableStepKind.Add], steps =>
    {
        KBucket bucket = new(1, TimeSpan.Zero);
        TableStep[] inRange = [.. steps.Where(step => step.Contact.Id.CommonPrefixLength(Self) >= 1).DistinctBy(step => step.IdBits)];
        for (int i = 0; i < inRange.Length; i++)
        {
            bucket.Contacts.Insert(new TableEntry(inRange[i].Contact, TimeSpan.FromSeconds(i / 2)));
        }

        KBucket deeper = bucket.SplitOff(Self);
        Assert.Equal(inRange.Select(step => step.Contact).Where(contact => contact.Id.CommonPrefixLength(Self) == 1), ContactsOf(bucket));
        Assert.Equal(inRange.Select(step => step.Contact).Where(contact => contact.Id.CommonPrefixLength(Self) > 1), ContactsOf(deeper));
    });

    [Fact]
    public void A_total_outage_empties_nothing() => ForAll(AnyKind, steps =>
    {
        TableModel model = new(Limited());
        foreach (TableStep step in steps)
        {
            model.Take(step);
        }

        Contact[] before = model.Table.ToArray();
        foreach (Contact contact in before)
        {
            model.Table.OnReply(contact, model.Now);
        }

        for (int round = 0; round < 2 * TableModel.MaxFailures; round++)
        {
            foreach (Contact contact in before)
            {
                model.Table.OnFailure(contact, model.Now);
            }
        }

        Assert.Equal(before, model.Table.ToArray());
    });

    [Fact]
    public void A_wanted_contact_is_added_or_cached_and_another_is_not_added() => ForAll(AnyKind, steps =>
    {
        TableModel model = new(Limited());
        HashSet<Contact> cachedBefore = [];
        foreach (TableStep step in steps)
        {
            bool wanted = model.Table.Wants(step.Contact);
            AddOutcome? outcome = model.Take(step);
            Assert.True(outcome is null || !wanted || outcome is AddOutcome.Added or AddOutcome.Cached, $"wanted, but {outcome}");

            // One that waits in the cache needs no new proof, so it is not wanted; it takes a stale contact's place all the same.
            bool mayEnter = wanted || cachedBefore.Contains(step.Contact);
            Assert.True(mayEnter || outcome is not AddOutcome.Added, $"not wanted, but {outcome}");
            if (outcome is AddOutcome.Cached)
            {
                cachedBefore.Add(step.Contact);
            }
        }
    });

    [Fact]
    public void Long_random_ids_are_found_as_in_a_sorted_list()
    {
        Random random = new(5);
        RoutingTable table = new(NodeId.Random(random), new RoutingTableOptions());
        for (int i = 0; i < 2000; i++)
        {
            table.Add(new Contact(NodeId.Random(random), Small.EndPoint(i)), TimeSpan.Zero, out _);
        }

        for (int i = 0; i < 200; i++)
        {
            AssertClosest(table, NodeId.Random(random), wanted: 20);
            AssertClosest(table, new NodeId(table.Self.Word0, (ulong)i, 0, 0), wanted: 1 + i);
        }
    }

    private static void ForAll(TableStepKind[] kinds, Action<TableStep[]> check) =>
        Prop.ForAll(TableStep.Sequences(kinds), check).QuickCheckThrowOnFailure();

    private static void AssertClosest(RoutingTable table, NodeId target, int wanted)
    {
        Contact[] found = new Contact[wanted];
        int count = table.FindClosest(target, found);
        Assert.Equal(table.ToArray().OrderBy(contact => contact.Id ^ target).Take(wanted), found[..count]);
    }

    private static int CountWithin(List<Contact> contacts, int prefix) =>
        contacts.Count(contact => contact.Id.CommonPrefixLength(Self) >= prefix);

    private static IEnumerable<Contact> ContactsOf(KBucket bucket) => bucket.Contacts.Entries.ToArray().Select(entry => entry.Contact);
}
