namespace Kademlia.Simulation;

/// <summary>Sends every datagram that it receives back, and to others, again and again, under its sender's address.</summary>
/// <param name="times">How often each is sent again.</param>
/// <param name="interval">The time between.</param>
public sealed class ReplayActor(int times, TimeSpan interval) : Actor
{
    /// <inheritdoc/>
    protected override void Receive(Flight flight)
    {
        ArgumentNullException.ThrowIfNull(flight);
        byte[] datagram = flight.Bytes.ToArray();
        PeerEndPoint sender = flight.Source;
        for (int i = 1; i <= times; i++)
        {
            After(interval * i, () => Send(datagram, Network.MachineOf(Network.RandomNode()).EndPoints[0], sender));
        }
    }
}
