namespace Kademlia.Core;

/// <summary>How long one request waits for its reply before it is sent again: the same each time, where round trips to the contact were measured.</summary>
/// <param name="First">After the first attempt; then it is slow as well.</param>
/// <param name="Again">After the others of the first half of all attempts.</param>
/// <param name="Last">After the rest, spread over so long that a short outage does not take them all; by this it is judged overdue and failed.</param>
internal readonly record struct Timeouts(TimeSpan First, TimeSpan Again, TimeSpan Last)
{
    /// <summary>The wait after an attempt, counted from one.</summary>
    public TimeSpan After(int attempt, int maxAttempts) =>
        attempt == 1 ? First
        : attempt <= maxAttempts / 2 ? Again
        : Last;
}
