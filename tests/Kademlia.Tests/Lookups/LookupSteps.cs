using Kademlia.Lookups;

namespace Kademlia.Tests.Lookups;

/// <summary>The steps of a machine test. The target is 0000, so that an id of four bits is its distance.</summary>
internal static class LookupSteps
{
    public static Lookup Make(params Contact[] offered) => Make(4, 2, 4, 16, offered);

    public static Lookup Make(
        int bucketSize = 4, int parallelism = 2, int maxSlow = 4, int maxCandidates = 16, params Contact[] offered)
    {
        Lookup lookup = new(Nodes.Id(0), new LookupOptions
        {
            BucketSize = bucketSize,
            Parallelism = parallelism,
            MaxSlow = maxSlow,
            MaxCandidates = maxCandidates,
        });
        lookup.OfferAll(offered);
        return lookup;
    }

    extension(Lookup lookup)
    {
        public void OfferAll(IEnumerable<Contact> contacts)
        {
            foreach (Contact contact in contacts)
            {
                lookup.Offer(contact);
            }
        }

        public void Answer(Contact contact, params Contact[] referred)
        {
            lookup.AssertAsks(contact);
            lookup.OnReply(contact, referred, more: false);
        }

        public void AnswerCut(Contact contact, params Contact[] referred)
        {
            lookup.AssertAsks(contact);
            lookup.OnReply(contact, referred, more: true);
        }

        public void Fail(Contact contact)
        {
            lookup.AssertAsks(contact);
            lookup.OnFailure(contact);
        }

        public void AssertAsks(Contact expected)
        {
            Assert.Equal(LookupStep.Ask, lookup.Next(out Contact contact));
            Assert.Equal(expected, contact);
        }

        public void AssertWaits() => Assert.Equal(LookupStep.Wait, lookup.Next(out _));

        public void AssertDone() => Assert.Equal(LookupStep.Done, lookup.Next(out _));

        public Contact[] Closest()
        {
            Contact[] closest = new Contact[64];
            return closest[..lookup.CopyClosest(closest)];
        }

        public Contact[] Settled(int atMost = 64)
        {
            Contact[] settled = new Contact[atMost];
            return settled[..lookup.CopySettled(settled)];
        }

        public Contact[] Known()
        {
            Contact[] known = new Contact[64];
            return known[..lookup.CopyKnown(known)];
        }

        public Contact[] Unanswered()
        {
            Contact[] unanswered = new Contact[64];
            return unanswered[..lookup.CopyUnanswered(unanswered)];
        }
    }
}
