using Kademlia.Transport;

namespace Kademlia.Simulation.Running;

/// <summary>A machine's socket, for one run of its node.</summary>
internal sealed class VirtualTransport(VirtualMachine machine, Internet internet) : IDatagramTransport
{
    private DatagramHandler? _handler;
    private bool _closed;

    public IReadOnlyList<PeerEndPoint> LocalEndPoints => machine.EndPoints;

    public void Start(DatagramHandler handler)
    {
        _handler = handler;
        internet.Attach(machine.EndPoints, Push);
    }

    public bool Send(ReadOnlySpan<byte> datagram, PeerEndPoint destination) =>
        !_closed
        && datagram.Length <= IDatagramTransport.MaxDatagramLength
        && machine.TryGetEndPoint(destination.IsIPv4, out PeerEndPoint source)
        && internet.Carry(datagram, source, destination);

    /// <summary>Nothing leaves or arrives any more.</summary>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            internet.Detach(machine.EndPoints);
            machine.OnClosed();
        }
    }

    private void Push(Flight flight)
    {
        if (machine.Clock.IsPaused(out long until))
        {
            internet.Hold(flight, until);
        }
        else
        {
            machine.Clock.World.Scene = machine;
            _handler!(flight.Bytes, flight.Source);
        }
    }
}
