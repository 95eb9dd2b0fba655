namespace Kademlia.Simulation;

/// <summary>Loses a part of all datagrams, each way.</summary>
/// <param name="rate">The part: 0.1 loses one of ten.</param>
public sealed class Loss(double rate) : LinkRule
{
    private readonly double _rate = ThrowIfNotRate(rate);

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        ArgumentNullException.ThrowIfNull(random);
        bool lost = random.NextDouble() < _rate;
        flight.IsLost |= lost;
        return lost;
    }
}
