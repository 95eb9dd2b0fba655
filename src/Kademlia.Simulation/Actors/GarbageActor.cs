namespace Kademlia.Simulation;

/// <summary>Sends random bytes, and datagrams that it has seen with some of their bits changed, to everybody who wrote to it and to its victims.</summary>
/// <param name="interval">The time between two datagrams.</param>
/// <param name="victims">To whom it writes on its own.</param>
public sealed class GarbageActor(TimeSpan interval, params IReadOnlyList<PeerEndPoint> victims) : Actor
{
    private readonly byte[] _datagram = new byte[Transport.IDatagramTransport.MaxDatagramLength];
    private int _next;

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (victims.Count > 0)
        {
            After(interval, Throw);
        }
    }

    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        ArgumentNullException.ThrowIfNull(flight);
        Span<byte> changed = _datagram.AsSpan(0, flight.Length);
        flight.Bytes.CopyTo(changed);
        changed[Network.Random.Next(changed.Length)] ^= (byte)(1 << Network.Random.Next(8));
        Send(changed, flight.Source);
    }

    private void Throw()
    {
        Span<byte> garbage = _datagram.AsSpan(0, Network.Random.Next(1, _datagram.Length));
        Network.Random.NextBytes(garbage);
        Send(garbage, victims[_next++ % victims.Count]);
        After(interval, Throw);
    }
}
