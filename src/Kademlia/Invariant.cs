namespace Kademlia;

/// <summary>What must hold between any two calls, as ordinary code: Debug checks it always, a simulation as often as it likes.</summary>
internal static class Invariant
{
    /// <summary>Fails loudly when something that must hold does not.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="what">What must hold, as a sentence.</param>
    /// <exception cref="InvalidOperationException">It does not hold: an error in this library.</exception>
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"This does not hold: {what}");
        }
    }
}
