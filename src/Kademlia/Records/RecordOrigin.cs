namespace Kademlia.Records;

/// <summary>How a record came to this node, the weakest claim to its place first.</summary>
internal enum RecordOrigin
{
    /// <summary>Left on the path of a get.</summary>
    Cache,

    /// <summary>From another holder.</summary>
    Replica,

    /// <summary>From its publisher.</summary>
    Put,

    /// <summary>From our own caller: no stranger's limit counts it and no stranger evicts it.</summary>
    Own,
}
