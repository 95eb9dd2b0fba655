namespace Kademlia.Transport;

/// <summary>x</summary>
public sealed class UdpTransport;
