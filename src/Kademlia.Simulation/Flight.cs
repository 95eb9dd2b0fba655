using Kademlia.Simulation.Running;

namespace Kademlia.Simulation;

/// <summary>A datagram on its way. Rules of links look at it and change it before it leaves; it is the network's again after that.</summary>
public sealed class Flight
{
    private readonly byte[] _buffer = new byte[Transport.IDatagramTransport.MaxDatagramLength];
    private readonly Arrival _arrival;

    internal Flight(Internet internet) => _arrival = new Arrival(internet, this);

    /// <summary>When it was sent, on the network's time.</summary>
    public TimeSpan SentAt { get; private set; }

    /// <summary>Where it seems to come from.</summary>
    public PeerEndPoint Source { get; set; }

    /// <summary>Where it goes to.</summary>
    public PeerEndPoint Destination { get; set; }

    /// <summary>The datagram. Its bytes may be changed.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>The datagram's length; it may be made shorter.</summary>
    public int Length { get; private set; }

    /// <summary>How long it is on its way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether it does not arrive.</summary>
    public bool IsLost { get; set; }

    /// <summary>How often it arrives again after the first time.</summary>
    public int Duplicates { get; set; }

    internal VirtualEvent Arriving => _arrival;

    /// <summary>Cuts the datagram's end off.</summary>
    public void Truncate(int length) => Length = Math.Clamp(length, 0, Length);

    internal void Load(ReadOnlySpan<byte> datagram, PeerEndPoint source, PeerEndPoint destination, TimeSpan sentAt, TimeSpan delay)
    {
        datagram.CopyTo(_buffer);
        Length = datagram.Length;
        Source = source;
        Destination = destination;
        SentAt = sentAt;
        Delay = delay;
        IsLost = false;
        Duplicates = 0;
    }

    private sealed class Arrival(Internet internet, Flight flight) : VirtualEvent
    {
        public override void Run() => internet.Arrive(flight);
    }
}
