namespace Kademlia.Core;

/// <summary>A record of our own, for as long as it is kept alive, and how its last put went.</summary>
/// <param name="record">What was put.</param>
/// <param name="salt">What it is signed with again.</param>
/// <param name="lifetime">How long it is to live from each put on.</param>
internal sealed class OwnRecord(Record record, byte[] salt, TimeSpan lifetime)
{
    /// <summary>The first pause after a put that fewer nodes took than should; it doubles with each further one.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause after a put that no other node answered.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10);

    /// <summary>Replication gives it to the rest within minutes.</summary>
    private const double EnoughPart = 0.75;

    /// <summary>As it was signed last.</summary>
    public Record Record { get; set; } = record;

    public byte[] Salt => salt;

    public TimeSpan Lifetime => lifetime;

    /// <summary>How many nodes took it at the last put.</summary>
    public int Stored { get; private set; }

    /// <summary>How many should have.</summary>
    public int Wanted { get; private set; }

    /// <summary>When that was, by the wall clock.</summary>
    public DateTimeOffset PutAt { get; private set; }

    public TimeSpan RepublishAt { get; set; }

    /// <summary>The pause before the next put where the last went badly; zero where it went well.</summary>
    public TimeSpan Retry { get; private set; }

    /// <summary>What took its place, where that is known.</summary>
    public Record? Newer { get; set; }

    /// <summary>Why the last put could not be made.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether it was kept alive when this node ended, and nobody has published it since the start.</summary>
    public bool IsFromBefore { get; set; }

    /// <summary>Whether a call asks for just what was kept alive before the start.</summary>
    public bool IsResumedBy(PutCall call, TimeSpan usualLifetime) => IsFromBefore
        && call.Options is { Sequence: null, ExpectedSequence: null }
        && (call.Options.Lifetime ?? usualLifetime) == lifetime
        && call.Value.Span.SequenceEqual(Record.Value.Span);

    /// <summary>A put has ended.</summary>
    /// <param name="receipt">What each node said.</param>
    /// <param name="isHeard">Whether another node said anything.</param>
    /// <param name="regular">The pause after a put that all took.</param>
    /// <param name="wall">The time.</param>
    public void OnPut(PutReceipt receipt, bool isHeard, TimeSpan regular, DateTimeOffset wall)
    {
        (Stored, Wanted, PutAt, Error) = (receipt.Stored, receipt.Wanted, wall, null);
        bool isEnough = isHeard && Stored >= Wanted * EnoughPart;
        TimeSpan longest = isHeard || regular < LongestSilence ? regular : LongestSilence;
        Retry = isEnough ? TimeSpan.Zero : NextRetry(longest);
    }

    /// <summary>A put could not be made.</summary>
    public void OnError(string error) => (Error, Retry) = (error, NextRetry(LongestSilence));

    private TimeSpan NextRetry(TimeSpan longest)
    {
        TimeSpan next = Retry > TimeSpan.Zero ? 2 * Retry : FirstRetry;
        return next < longest ? next : longest;
    }
}
