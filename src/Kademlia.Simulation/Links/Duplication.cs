namespace Kademlia.Simulation;

/// <summary>Delivers a part of all datagrams twice.</summary>
/// <param name="rate">The part: 0.1 doubles one of ten.</param>
public sealed class Duplication(double rate) : LinkRule
{
    private readonly double _rate = ThrowIfNotRate(rate);

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        ArgumentNullException.ThrowIfNull(random);
        bool doubled = random.NextDouble() < _rate;
        flight.Duplicates += doubled ? 1 : 0;
        return doubled;
    }
}
