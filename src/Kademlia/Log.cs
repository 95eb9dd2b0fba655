using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>All that the library logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Node {Id} listens on {EndPoints}.")]
    public static partial void Started(ILogger logger, NodeId id, string endPoints);

    [LoggerMessage(2, LogLevel.Information, "Node {Id} has stopped.")]
    public static partial void Stopped(ILogger logger, NodeId id);

    [LoggerMessage(3, LogLevel.Warning, "The bootstrap name {Name} cannot be resolved: {Reason} It is tried again.")]
    public static partial void Unresolvable(ILogger logger, string name, string reason);

    [LoggerMessage(4, LogLevel.Warning, "What the node is to know of itself after a restart cannot be saved.")]
    public static partial void StateNotSaved(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "The record store failed; the record is not held.")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "A handler of the talk protocol {Protocol} failed.")]
    public static partial void HandlerFailed(ILogger logger, string protocol, Exception exception);

    [LoggerMessage(8, LogLevel.Critical, "The node's upkeep failed; this is an error in the library.")]
    public static partial void Faulted(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Information, "Whether strangers reach this node has changed: it is a {Role} now.")]
    public static partial void RoleChanged(ILogger logger, NodeRole role);

    [LoggerMessage(7, LogLevel.Error, "The validator of records failed; the record is refused.")]
    public static partial void ValidatorFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Debug, "A connection from {From} was not taken: {Reason}")]
    public static partial void StreamNotTaken(ILogger logger, PeerEndPoint from, string reason);

    [LoggerMessage(11, LogLevel.Warning, "A handler of the stream protocol {Protocol} failed; the stream is cut.")]
    public static partial void StreamHandlerFailed(ILogger logger, string protocol, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "The node {Id} at {EndPoint}, which says that it provides {Key}, failed: {Reason}")]
    public static partial void ProviderFailed(ILogger logger, NodeId id, PeerEndPoint endPoint, RecordKey key, string reason);

    [LoggerMessage(13, LogLevel.Debug, "{Contact} cannot be asked for a record, or to keep one: {Reason}")]
    public static partial void NotAsked(ILogger logger, Contact contact, string reason);
}
