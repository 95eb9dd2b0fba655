using Kademlia.Routing;

namespace Kademlia.Loopback;

/// <summary>Fills a table with contacts that do not exist, as a long life in a large network would.</summary>
internal static class TableFiller
{
    /// <summary>Offers as many contacts of each prefix length as a bucket holds, and then, if wanted, as many as its replacement cache does.</summary>
    public static void Fill(RoutingTable table, int prefixes, bool withReplacements)
    {
        Random random = new(1);
        int index = 0;
        Offer(table.BucketSize, prefixes);
        if (withReplacements)
        {
            // The last bucket, around the table's own id, would not cache them but split.
            Offer(new RoutingTableOptions().ReplacementsPerBucket, prefixes - 1);
        }

        if (table.Count != prefixes * table.BucketSize)
        {
            throw new InvalidOperationException($"The table holds {table.Count} contacts.");
        }

        void Offer(int rounds, int prefixLengths)
        {
            for (int i = 0; i < rounds * prefixLengths; i++)
            {
                Contact contact = new(DrawId(table.Self, i % prefixLengths, random), EndPointOf(index++));
                table.Add(contact, TimeSpan.Zero, out _);
            }
        }
    }

    /// <summary>An id that shares exactly so many leading bits with another.</summary>
    private static NodeId DrawId(NodeId self, int prefixLength, Random random)
    {
        NodeId id = NodeId.Random(random);
        ulong differing = 1UL << (63 - prefixLength);
        ulong free = differing - 1;
        return new NodeId((self.Word0 & ~(differing | free)) | (~self.Word0 & differing) | (id.Word0 & free), id.Word1, id.Word2, id.Word3);
    }

    /// <summary>Of 198.18.0.0/15, which is set aside for benchmarks (RFC 2544): public to the table's limits, and nobody is there.</summary>
    private static PeerEndPoint EndPointOf(int index) =>
        new([198, (byte)(18 + ((index >> 8) & 1)), (byte)index, (byte)(1 + (index >> 9))], 7411);
}
