namespace Kademlia.Tests.Lookups;

/// <summary>Nodes that answer as they please: late, never, cut, with real contacts, invented ones, crowds and masks.</summary>
internal sealed class Liars(NodeId target, Random random)
{
    private const int MaxNamed = 40;

    private static readonly Happening[][] Courses =
    [
        [Happening.Replies],
        [Happening.Fails],
        [Happening.IsSlow, Happening.Replies],
        [Happening.IsSlow, Happening.Fails],
        [Happening.IsOverdue, Happening.Replies],
        [Happening.IsSlow, Happening.IsOverdue, Happening.Fails],
        [Happening.IsSlow, Happening.IsOverdue, Happening.Replies],
        [Happening.IsSlow, Happening.IsOverdue, Happening.Fails, Happening.Replies],
        [Happening.Replies, Happening.Replies, Happening.IsSlow, Happening.Fails],
        [Happening.Fails, Happening.IsSlow, Happening.Replies, Happening.Fails],
    ];

    private readonly List<Contact> _named = [];

    /// <summary>Those who said that they had more.</summary>
    public HashSet<Contact> Cut { get; } = [];

    public Contact[] Name(int count)
    {
        Contact[] contacts = [.. Enumerable.Range(0, count).Select(_ => Invent())];
        _named.AddRange(contacts);
        return contacts;
    }

    public Script Script(Contact contact) => Script(contact, Courses[random.Next(Courses.Length)]);

    /// <summary>Lies in what is said, but each request ends with one event.</summary>
    public Script HonestlyTimed(Contact contact) => Script(contact, Courses[random.Next(2)]);

    private Script Script(Contact contact, Happening[] course)
    {
        bool more = random.Next(3) == 0;
        if (more)
        {
            Cut.Add(contact);
        }

        return new Script(Name(random.Next(MaxNamed)), more, course);
    }

    private Contact Invent()
    {
        Contact known = _named.Count == 0 ? default : _named[random.Next(_named.Count)];
        NodeId near = Nodes.IdNear(target, random, random.Next(60));
        PeerEndPoint anywhere = Nodes.EndPoint(random.Next(60_000), random.Next(1_000));
        return random.Next(6) switch
        {
            0 when _named.Count > 0 => known,
            1 when _named.Count > 0 => known with { EndPoint = anywhere },
            2 when _named.Count > 0 => known with { Id = near },
            3 => new Contact(near, Nodes.EndPoint(random.Next(3), random.Next(1_000))),
            _ => new Contact(near, anywhere),
        };
    }
}
