namespace Kademlia;

/// <summary>Whether a node serves others.</summary>
public enum NodeRole
{
    /// <summary>Answers, stores and is admitted to others' tables.</summary>
    Server = 0,

    /// <summary>Only asks: for short-lived programs and nodes that others cannot reach.</summary>
    Client = 1,

    /// <summary>A server, but a client, in each address family by itself, for as long as strangers on the Internet do not reach it. Others are asked to try, a minute after joining and then every hour.</summary>
    Auto = 2,
}
