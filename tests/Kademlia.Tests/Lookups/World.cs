using Kademlia.Lookups;

namespace Kademlia.Tests.Lookups;

/// <summary>A network that is all script: it asks whom the lookup names, and lets things happen in an order drawn at random.</summary>
internal sealed class World(Lookup lookup, LookupOptions options, Random random, Func<Contact, Script> nodes)
{
    private readonly List<Request> _open = [];

    /// <summary>Everybody asked, in order.</summary>
    public List<Contact> Asked { get; } = [];

    /// <summary>Everybody whose reply was delivered, in order.</summary>
    public List<Contact> Answered { get; } = [];

    /// <summary>Those who answered as often as they were asked.</summary>
    public Contact[] Settled => [.. Answered.Where(IsSettled)];

    /// <summary>What was taken from the stream, in order.</summary>
    public List<Contact> Taken { get; } = [];

    /// <summary>Called after each event, for tests that interfere.</summary>
    public Action? Disturb { get; init; }

    /// <summary>Runs until the lookup is done, checking its bounds on the way.</summary>
    public World Run()
    {
        LookupStep step;
        while ((step = lookup.Next(out Contact contact)) != LookupStep.Done)
        {
            if (step == LookupStep.Ask)
            {
                Ask(contact);
            }
            else
            {
                HappenOnce();
            }

            Assert.InRange(lookup.InFlight, 0, options.MaxInFlight);
            Take();
            Disturb?.Invoke();
        }

        Take();
        return this;
    }

    /// <summary>Runs for so many events, or until the lookup waits for nothing.</summary>
    public World RunFor(int events)
    {
        for (int i = 0; i < events; i++)
        {
            if (lookup.Next(out Contact contact) == LookupStep.Ask)
            {
                Ask(contact);
            }
            else if (_open.Count > 0)
            {
                HappenOnce();
            }
        }

        return this;
    }

    /// <summary>Lets happen whatever is still to happen.</summary>
    public World RunOut()
    {
        while (_open.Count > 0)
        {
            HappenOnce();
            Take();
        }

        return this;
    }

    public Contact[] Closest() => lookup.Closest();

    private bool IsSettled(Contact contact) =>
        Answered.Count(answered => answered == contact) == Asked.Count(asked => asked == contact);

    private void Ask(Contact contact)
    {
        Asked.Add(contact);
        Assert.InRange(Asked.Count, 1, options.MaxCandidates + options.BucketSize);
        Assert.InRange(Asked.Count(asked => asked == contact), 1, 2);
        _open.Add(new Request(contact, nodes(contact)));
    }

    private void Take()
    {
        while (lookup.TryTakeResult(out Contact contact))
        {
            Taken.Add(contact);
        }
    }

    private void HappenOnce()
    {
        Assert.True(_open.Count > 0, $"The lookup waits for nothing: {lookup}");
        Request request = _open[random.Next(_open.Count)];
        Tell(request, request.Script.Course[request.Happened++]);
        if (request.Happened == request.Script.Course.Length)
        {
            _open.Remove(request);
        }
    }

    private void Tell(Request request, Happening happening)
    {
        switch (happening)
        {
            case Happening.Replies:
                Answered.Add(request.Contact);
                lookup.OnReply(request.Contact, request.Script.Referred, request.Script.More);
                break;
            case Happening.IsSlow:
                lookup.OnSlow(request.Contact);
                break;
            case Happening.IsOverdue:
                lookup.OnOverdue(request.Contact);
                break;
            case Happening.Fails:
                lookup.OnFailure(request.Contact);
                break;
        }
    }

    private sealed record Request(Contact Contact, Script Script)
    {
        public int Happened { get; set; }
    }
}
