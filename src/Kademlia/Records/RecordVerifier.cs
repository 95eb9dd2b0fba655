namespace Kademlia.Records;

/// <summary>x</summary>
internal sealed class RecordVerifier;
