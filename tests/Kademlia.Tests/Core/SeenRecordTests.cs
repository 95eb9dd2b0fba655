using Kademlia.Records;

namespace Kademlia.Tests.Core;

/// <summary>What a reader remembers, so that it never goes back.</summary>
public sealed class SeenRecordTests
{
    [Fact]
    public void OnSeen_MoreThanThereIsRoomFor_TheOldestAreForgotten()
    {
        const int Room = 64;
        World world = new(1);
        WorldNode node = world.Add();
        using NodeIdentity writer = world.Scheme.CreateIdentity();
        Record[] seen = [.. Enumerable.Range(0, Room + 1).Select(Make)];
        Array.ForEach(seen, node.Core.Getting.OnSeen);
        Assert.Null(node.Core.Getting.LastSeen(seen[0].Key));
        Assert.All(seen[1..], record => Assert.Same(record, node.Core.Getting.LastSeen(record.Key)));

        Record Make(int number)
        {
            RecordDraft draft = RecordDraft.Owner(writer, 1, [(byte)number], 1, 1, new byte[Record.MaxValueLength]);
            return draft.Complete(writer.Sign(draft.Preimage));
        }
    }
}
