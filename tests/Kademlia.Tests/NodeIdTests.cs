namespace Kademlia.Tests;

public class NodeIdTests
{
    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameId()
    {
        NodeId id = NodeId.Random(new Random(1));
        Assert.Equal(id, NodeId.Parse(id.ToString()));
    }
}
