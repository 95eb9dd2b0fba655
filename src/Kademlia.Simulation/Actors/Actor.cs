using Kademlia.Wire;

namespace Kademlia.Simulation;

/// <summary>Somebody in the network who is not an honest node. To make another kind, write a small class with a <see cref="Receive"/>.</summary>
/// <remarks>Those who speak the protocol speak that of the default network, without a network key.</remarks>
public abstract class Actor
{
    internal static readonly ulong NetworkTag = Wire.NetworkTag.Of(new KademliaOptions().NetworkName);
    internal static readonly Codec Codec = new(NetworkTag);

    private VirtualNetwork? _network;
    private RequestWriter? _requests;

    /// <summary>Where the actor is.</summary>
    public PeerEndPoint EndPoint { get; private set; }

    /// <summary>How many datagrams reached it: an actor whom nobody meets shows nothing.</summary>
    public long Received { get; private set; }

    /// <summary>The bytes of these, as UDP payload.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>How many datagrams it sent, under whatever address.</summary>
    public long Sent { get; private set; }

    /// <summary>The bytes of these, as UDP payload.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The network, once the actor is in it.</summary>
    protected VirtualNetwork Network => _network
        ?? throw new InvalidOperationException($"Give the actor to {nameof(VirtualNetwork)}.{nameof(VirtualNetwork.Admit)} first.");

    private protected RequestWriter Requests => _requests ??= new RequestWriter(Network);

    /// <summary>Called when the actor has come into the network.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>A datagram came.</summary>
    protected abstract void Receive(Flight flight);

    /// <summary>Sends a datagram.</summary>
    /// <param name="datagram">The bytes.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="source">Where it claims to come from; the actor itself when null.</param>
    protected void Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination, PeerEndPoint? source = null)
    {
        Sent++;
        BytesSent += datagram.Length;
        Network.Internet.Carry(datagram, source ?? EndPoint, destination);
    }

    /// <summary>Does something later.</summary>
    protected void After(TimeSpan time, Action action) => Network.World.At(Network.Now + time, action);

    /// <summary>Does something now and again and again.</summary>
    protected void Every(TimeSpan interval, Action action)
    {
        action();
        After(interval, () => Every(interval, action));
    }

    internal void Enter(VirtualNetwork network, PeerEndPoint endPoint)
    {
        _network = network;
        EndPoint = endPoint;
        network.Internet.Attach([endPoint], flight =>
        {
            Received++;
            BytesReceived += flight.Length;
            Receive(flight);
        });
        Begin();
    }
}
