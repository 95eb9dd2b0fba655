namespace Kademlia.Routing;

/// <summary>A contact, and what the table remembers of it.</summary>
internal struct TableEntry(Contact contact, TimeSpan lastSeen)
{
    /// <summary>Who it is.</summary>
    public readonly Contact Contact = contact;

    /// <summary>When it entered the table.</summary>
    public readonly TimeSpan Since = lastSeen;

    /// <summary>When it last answered.</summary>
    public TimeSpan LastSeen = lastSeen;

    /// <summary>When it was last named for a ping, or failed.</summary>
    public TimeSpan LastTried = lastSeen;

    /// <summary>How many requests in a row it has left unanswered.</summary>
    public int Failures;

    /// <summary>The table's count of answers when this contact began to fail.</summary>
    public int AnswersBeforeFailing;

    /// <summary>When it last answered, was named for a ping, or failed.</summary>
    public readonly TimeSpan LastTouched => LastTried > LastSeen ? LastTried : LastSeen;
}
