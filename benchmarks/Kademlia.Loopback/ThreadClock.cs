using System.Globalization;

namespace Kademlia.Loopback;

/// <summary>The processor time of one thread, from Linux's own books; elsewhere another thread's cannot be had.</summary>
internal sealed class ThreadClock
{
    private const string Threads = "/proc/self/task";
    private const string Current = "/proc/thread-self/schedstat";

    private readonly string? _path;

    private ThreadClock(string? path) => _path = File.Exists(path) ? path : null;

    /// <summary>How many microseconds the thread has run; not a number where that is unknown.</summary>
    public double Microseconds => _path is null
        ? double.NaN
        : long.Parse(File.ReadAllText(_path).Split(' ')[0], CultureInfo.InvariantCulture) / 1_000.0;

    /// <summary>The clock of the thread that receives on an IPv4 port.</summary>
    public static ThreadClock OfReceiver(int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"kad-udp4:{port}");
        return new ThreadClock(!Directory.Exists(Threads)
            ? null
            : Directory.GetDirectories(Threads)
                .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd() == name)
                .Select(thread => Path.Combine(thread, "schedstat"))
                .FirstOrDefault());
    }

    /// <summary>The clock of the calling thread, which must be the one that reads it.</summary>
    public static ThreadClock OfCaller() => new(Current);
}
