namespace Kademlia.Records;

/// <summary>Why a record is not believed.</summary>
internal enum RecordFault
{
    None,

    /// <summary>Fields that no honest writer sends together, or another network's signature algorithm.</summary>
    Malformed,

    /// <summary>It hashes to another key than the one asked for.</summary>
    WrongKey,

    /// <summary>Its expiry has passed, the skew of clocks granted.</summary>
    Expired,

    /// <summary>Its expiry is further away than any record's may be.</summary>
    TooFarAhead,

    /// <summary>The signature is not the writer's over these fields in this network.</summary>
    BadSignature,
}
