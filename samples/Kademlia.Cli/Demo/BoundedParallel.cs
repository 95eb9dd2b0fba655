namespace Kademlia.Cli.Demo;

/// <summary>Runs asynchronous work on many items, a few at a time.</summary>
internal static class BoundedParallel
{
    /// <summary>Enough to keep two cores busy with work that mostly waits; with more, the times measured are those of a queue.</summary>
    private const int MaxConcurrency = 8;

    public static Task ForAsync(
        int from, int to, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            from, to, new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellationToken }, work);
}
