using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>What a get leaves behind: content comes nearer to its readers, and holders that gave an old record get the newest.</summary>
/// <remarks>
/// Content goes to the closest that was asked and had none (section 2.3 of the Kademlia paper), which keeps it for as long as its own
/// place allows. Owner records are never cached, which would fight deletes: only whoever holds the slot already is told of a newer one.
/// The caller does not wait for any of it, nothing is tried for long, and what holders say of their sequences costs k stores at most.
/// </remarks>
internal sealed class Mending(NodeCore core)
{
    /// <summary>So long a node keeps cached content if it is the closest to it that it knows of.</summary>
    private static readonly TimeSpan LongestRetention = TimeSpan.FromHours(1);

    private const int Attempts = 2;

    /// <summary>How long a node keeps cached content: the shorter, the more nodes it knows that are closer to the key.</summary>
    /// <param name="rank">How many these are.</param>
    public static TimeSpan Retention(int rank) => LongestRetention / (1 + rank);

    /// <summary>The longest that this node keeps content under a key that others cache here.</summary>
    public TimeSpan RetentionFor(RecordKey key) =>
        Retention(core.Overlays.Max(o => Math.Min(o.Table.CountCloser(key.Hash), core.Options.BucketSize)));

    /// <summary>A get in one overlay has ended.</summary>
    /// <param name="found">The newest record that it found.</param>
    /// <param name="question">What each node answered.</param>
    public void AfterGet(Record found, FindValueQuestion question)
    {
        if (found is { Kind: RecordKind.Content, IsLarge: false } && question.ClosestWithout is Contact lacking)
        {
            core.RunDetached(GiveAsync(lacking, found, StorePurpose.Cache));
        }
        else if (found.Kind == RecordKind.Owner)
        {
            foreach (Contact stale in question.HoldersOfLess(found.Sequence).Take(core.Options.BucketSize))
            {
                core.RunDetached(GiveAsync(stale, found, StorePurpose.Put));
            }
        }
    }

    private async CoreTask GiveAsync(Contact contact, Record record, StorePurpose purpose) =>
        await new StoreOut(core, contact, record, purpose, StoreRequest.Unconditional, core.LifetimeFor(Purpose.Replicas))
        {
            MaxAttempts = Attempts,
        }.StoreAsync();
}
