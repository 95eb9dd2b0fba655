namespace Kademlia.Simulation;

/// <summary>Holds a part of all datagrams back, so that later ones overtake them.</summary>
/// <param name="rate">The part: 0.1 holds one of ten back.</param>
/// <param name="longest">Each is held back for a time up to this.</param>
public sealed class Reordering(double rate, TimeSpan longest) : LinkRule
{
    private readonly double _rate = ThrowIfNotRate(rate);

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        ArgumentNullException.ThrowIfNull(random);
        bool held = random.NextDouble() < _rate;
        flight.Delay += held ? longest * random.NextDouble() : TimeSpan.Zero;
        return held;
    }
}
