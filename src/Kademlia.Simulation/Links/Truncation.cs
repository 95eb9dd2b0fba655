namespace Kademlia.Simulation;

/// <summary>Cuts datagrams off that are longer than the path carries.</summary>
/// <param name="mtu">The longest payload that passes whole, in bytes.</param>
public sealed class Truncation(int mtu) : LinkRule
{
    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        bool cut = flight.Length > mtu;
        flight.Truncate(mtu);
        return cut;
    }
}
