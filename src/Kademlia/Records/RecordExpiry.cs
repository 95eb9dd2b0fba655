namespace Kademlia.Records;

/// <summary>When a record may be taken and served, by clocks that disagree by at most <see cref="SkewSeconds"/>. All times are Unix seconds.</summary>
internal static class RecordExpiry
{
    /// <summary>S: how far two honest clocks may be apart.</summary>
    public const long SkewSeconds = 5 * 60;

    /// <summary>The default of how far ahead an expiry may lie: 48 h.</summary>
    public const long DefaultMaxLifetimeSeconds = 48 * 60 * 60;

    /// <summary>Whether holders have dropped the record: from its expiry and S on it is neither taken nor served.</summary>
    public static bool IsOver(long expirySeconds, long nowSeconds) => expirySeconds <= nowSeconds - SkewSeconds;

    /// <summary>Whether the expiry lies further ahead than the longest life and S.</summary>
    public static bool IsTooFarAhead(long expirySeconds, long nowSeconds, long maxLifetimeSeconds) =>
        expirySeconds > nowSeconds + maxLifetimeSeconds + SkewSeconds;

    /// <summary>When holders drop the record.</summary>
    public static long EndOf(long expirySeconds) => expirySeconds + SkewSeconds;

    /// <summary>The expiry of a tombstone: as late as may be, and never before that of the record it deletes.</summary>
    public static long OfTombstone(long nowSeconds, long maxLifetimeSeconds, long deletedExpirySeconds) =>
        Math.Max(nowSeconds + maxLifetimeSeconds, deletedExpirySeconds);
}
