namespace Kademlia.Records;

/// <summary>x</summary>
public sealed class MemoryRecordStore;
