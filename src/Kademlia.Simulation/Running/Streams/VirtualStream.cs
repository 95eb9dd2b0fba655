using Kademlia.Streams;

namespace Kademlia.Simulation.Running.Streams;

/// <summary>One side of a virtual connection.</summary>
internal sealed class VirtualStream(VirtualHalf incoming, VirtualHalf outgoing, VirtualStreamTransport transport) : AsyncStream
{
    private bool _closed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        incoming.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        outgoing.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (!_closed)
        {
            _closed = true;
            incoming.CloseReader(transport.IsOff);
            outgoing.CloseWriter(transport.IsOff);
        }

        base.Dispose(disposing);
    }
}
