namespace Kademlia.Tests.Routing;

/// <summary>What may happen to a table.</summary>
internal enum TableStepKind
{
    Add,
    Reply,
    Fail,
    ChangeId,
    Remove,
}
