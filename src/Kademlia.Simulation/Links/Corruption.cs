namespace Kademlia.Simulation;

/// <summary>Flips one bit in a part of all datagrams.</summary>
/// <param name="rate">The part: 0.1 corrupts one of ten.</param>
public sealed class Corruption(double rate) : LinkRule
{
    private readonly double _rate = ThrowIfNotRate(rate);

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        ArgumentNullException.ThrowIfNull(random);
        bool flips = random.NextDouble() < _rate && flight.Length > 0;
        if (flips)
        {
            int bit = random.Next(flight.Length * 8);
            flight.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        return flips;
    }
}
