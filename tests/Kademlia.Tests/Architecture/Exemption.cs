namespace Kademlia.Tests.Architecture;

/// <summary>A use that the rules would forbid, with the reason why it is right.</summary>
/// <param name="User">The full name of the type that may.</param>
/// <param name="Used">The full name of a type, or a namespace, that it may use.</param>
/// <param name="Reason">Why.</param>
internal sealed record Exemption(string User, string Used, string Reason)
{
    /// <summary>Whether it covers a use.</summary>
    public bool Allows(Use use) =>
        use.User.FullName == User && (use.Used.FullName == Used || use.Used.Namespace == Used);
}
