namespace Kademlia.Tests.Architecture;

/// <summary>A part of the library and the parts that it may know.</summary>
/// <param name="Name">The last part of its namespace; empty for the identifiers, which live in the root.</param>
/// <param name="IsPure">Whether it must know no sockets, clocks, tasks, threads or loggers.</param>
/// <param name="MayUse">The names of other rooms.</param>
internal sealed record Room(string Name, bool IsPure, params string[] MayUse);
