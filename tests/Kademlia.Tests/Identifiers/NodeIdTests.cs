using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Identifiers;

public class NodeIdTests
{
    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameId() =>
        Prop.ForAll(Generators.NodeIds.ToArbitrary(), id =>
            NodeId.Parse(id.ToString()) == id && NodeId.Parse(id.ToString().ToUpperInvariant()) == id)
            .QuickCheckThrowOnFailure();
}
