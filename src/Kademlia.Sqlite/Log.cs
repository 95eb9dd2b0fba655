using Microsoft.Extensions.Logging;

namespace Kademlia.Sqlite;

/// <summary>All that the store logs. What a write fails with is told to its writer.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The record store {Path} is damaged. It was set aside as {Aside}, and the node starts with an empty one; other nodes give back what it should hold.")]
    public static partial void SetAside(ILogger logger, string path, string aside, Exception damage);

    [LoggerMessage(2, LogLevel.Warning, "Expired records in {Path} could not be dropped; it is tried again at the next start.")]
    public static partial void ExpiredNotDropped(ILogger logger, string path, Exception exception);
}
