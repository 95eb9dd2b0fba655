namespace Kademlia.Loopback;

/// <summary>One contender's figures in one round.</summary>
/// <param name="PerSecond">Replies a second with the window full.</param>
/// <param name="Cpu">Microseconds of the receiving thread for each request; not a number where that is unknown.</param>
/// <param name="ClientCpu">The same of the client's thread: where it is the greater, the client set the pace.</param>
/// <param name="Allocated">Bytes that the whole process allocated for each request.</param>
/// <param name="Lost">Requests or replies that were lost.</param>
/// <param name="P50">Half of the pings were answered within so many microseconds.</param>
/// <param name="P99">99 of 100 pings were answered within so many microseconds.</param>
internal sealed record Round(double PerSecond, double Cpu, double ClientCpu, double Allocated, long Lost, double P50, double P99)
{
    private const double WarmUpShare = 0.1;
    private const double FloodShare = 0.7;
    private const double PingShare = 0.2;

    /// <summary>Measures a contender: a warm-up, a flood, and then pings.</summary>
    public static Round Measure(LoadClient client, LoadSettings settings)
    {
        client.Flood(settings.Window, settings.RoundTime * WarmUpShare);
        ThreadClock server = ThreadClock.OfReceiver(client.ServerPort);
        ThreadClock caller = ThreadClock.OfCaller();

        (double serverBefore, double callerBefore) = (server.Microseconds, caller.Microseconds);
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        Load load = client.Flood(settings.Window, settings.RoundTime * FloodShare);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        (double serverAfter, double callerAfter) = (server.Microseconds, caller.Microseconds);

        LatencyHistogram pings = client.Ping(settings.RoundTime * PingShare);
        double replies = Math.Max(1, load.Replies);
        return new Round(
            load.Replies / load.Elapsed.TotalSeconds,
            (serverAfter - serverBefore) / replies,
            (callerAfter - callerBefore) / replies,
            allocated / replies,
            load.Lost,
            pings.Percentile(0.50).TotalMicroseconds,
            pings.Percentile(0.99).TotalMicroseconds);
    }
}
