namespace Kademlia.Simulation;

/// <summary>Something that links do to datagrams. To make another kind, write a small class with an <see cref="Apply"/>.</summary>
/// <remarks>Rules apply in the order of <see cref="VirtualNetwork.Links"/>, to each datagram when it is sent.</remarks>
public abstract class LinkRule
{
    /// <summary>How many datagrams the rule did something to: a fault that is switched on must fire.</summary>
    public long Fired { get; private set; }

    internal void Touch(Flight flight, Random random)
    {
        if (Apply(flight, random))
        {
            Fired++;
        }
    }

    /// <summary>Looks at a datagram and changes it or its way.</summary>
    /// <param name="flight">The datagram, which an earlier rule may have lost already.</param>
    /// <param name="random">The only source of randomness that a rule may use.</param>
    /// <returns>Whether the rule did something.</returns>
    protected abstract bool Apply(Flight flight, Random random);

    internal static double ThrowIfNotRate(double rate) =>
        rate is >= 0 and <= 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate is between 0 and 1.");
}
