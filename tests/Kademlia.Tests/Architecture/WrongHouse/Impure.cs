using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

// One wrong type for each thing that a pure room must not know, however it is mentioned.
namespace Kademlia.Tests.Architecture.WrongHouse.Core;

internal sealed class HoldsATask
{
    public readonly Task Pending = Task.CompletedTask;
}

internal sealed class DiscardsATask
{
    public static void Forget(Stream stream) => stream.FlushAsync();
}

internal sealed class Awaits
{
    public static async ValueTask<int> Later(ValueTask<int> value) => 1 + await value;
}

internal sealed class AwaitsForNobody
{
    public static async void Forget(Awaitable value) => await value;
}

internal sealed class Locks
{
    private readonly object _gate = new();

    public int Count { get; private set; }

    public void Add()
    {
        lock (_gate)
        {
            Count++;
        }
    }
}

internal sealed class StartsAThread
{
    public static Action Later() => () => new Thread(() => { }).Start();
}

internal sealed class StartsATimer
{
    public static IDisposable Start() => new Timer(_ => { });
}

internal sealed class TakesACancellationToken
{
    public static bool IsOver(CancellationToken token) => token.IsCancellationRequested;
}

internal sealed class ReadsAStopwatch
{
    public static long Now() => Stopwatch.GetTimestamp();
}

internal sealed class ReadsATimeProvider
{
    public static long Now() => TimeProvider.System.GetTimestamp();
}

internal sealed class CatchesASocketException
{
    public static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

internal sealed class ResolvesAName
{
    public static string Here() => Dns.GetHostName();
}

internal sealed class ReadsAFile
{
    public static bool Exists(string path) => File.Exists(path);
}

internal sealed class Logs
{
    public static bool Can(ILogger logger) => logger.IsEnabled(LogLevel.Debug);
}
