namespace Kademlia.Benchmarks;

/// <summary>Nodes as a table meets them: uniform ids, each in an address group of its own while there are enough.</summary>
internal static class Population
{
    public static Contact[] Create(int count, Random random)
    {
        Contact[] contacts = new Contact[count];
        for (int i = 0; i < count; i++)
        {
            contacts[i] = new Contact(NodeId.Random(random), EndPointOf(i));
        }

        return contacts;
    }

    private static PeerEndPoint EndPointOf(int index) => new([(byte)(16 + (index >> 16)), (byte)(index >> 8), (byte)index, 1], 7411);
}
