namespace Kademlia.Tests.Lookups;

/// <summary>What becomes of a request, one event after the other.</summary>
internal enum Happening
{
    Replies,
    IsSlow,
    IsOverdue,
    Fails,
}

/// <summary>What a node says when asked, and what happens until it does.</summary>
/// <param name="Referred">Whom it names.</param>
/// <param name="More">Whether it says that it knows more.</param>
/// <param name="Course">The events in their order; a reply may be among them or not.</param>
internal sealed record Script(Contact[] Referred, bool More, params Happening[] Course)
{
    /// <summary>An honest answer without delay.</summary>
    public static Script Answer(params Contact[] referred) => new(referred, false, Happening.Replies);

    /// <summary>An honest answer that did not fit.</summary>
    public static Script CutAnswer(params Contact[] referred) => new(referred, true, Happening.Replies);

    /// <summary>An answer after so many losses that it is slow.</summary>
    public static Script SlowAnswer(params Contact[] referred) => new(referred, false, Happening.IsSlow, Happening.Replies);

    /// <summary>No answer.</summary>
    public static Script Silence { get; } = new([], false, Happening.IsSlow, Happening.IsOverdue, Happening.Fails);
}
