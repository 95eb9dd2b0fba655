using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class MemoryTransportTests : DatagramTransportContract
{
    private readonly MemoryNetwork _network = new();
    private int _machines;

    [Fact]
    public void Pump_NothingSentLater_DeliversInTheOrderOfSending()
    {
        List<string> heard = [];
        MemoryTransport[] machines = [.. Enumerable.Range(1, 3).Select(i => _network.CreateTransport(PeerEndPoint.Parse($"198.51.100.{i}:1")))];
        foreach (MemoryTransport machine in machines)
        {
            machine.Start((datagram, from) =>
            {
                heard.Add($"{from} -> {machine.LocalEndPoints[0]} {datagram[0]}");
                if (datagram[0] > 0)
                {
                    machine.Send([(byte)(datagram[0] - 1)], from);
                }
            });
        }

        machines[0].Send([1], machines[1].LocalEndPoints[0]);
        machines[0].Send([1], machines[2].LocalEndPoints[0]);

        Assert.Equal(4, _network.Pump());
        Assert.Equal(
            [
                "198.51.100.1:1 -> 198.51.100.2:1 1",
                "198.51.100.1:1 -> 198.51.100.3:1 1",
                "198.51.100.2:1 -> 198.51.100.1:1 0",
                "198.51.100.3:1 -> 198.51.100.1:1 0",
            ],
            heard);
    }

    protected override IDatagramTransport Create() =>
        _network.CreateTransport(PeerEndPoint.Parse($"192.0.2.{Interlocked.Increment(ref _machines)}:7411"));

    protected override void Deliver() => _network.Pump();
}
