namespace Kademlia;

/// <summary>How far publishing or fetching content has come.</summary>
/// <param name="Done">How many bytes are hashed, or are there and verified.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Providers">How many nodes they are fetched from at present.</param>
public readonly record struct ContentProgress(long Done, long Length, int Providers);
