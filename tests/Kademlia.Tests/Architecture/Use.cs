namespace Kademlia.Tests.Architecture;

/// <summary>One type that another one mentions, and where.</summary>
/// <param name="User">The type that mentions it: the outermost, for nested and compiler-made types.</param>
/// <param name="Where">The member that does, as a person finds it.</param>
/// <param name="Used">What is mentioned.</param>
internal sealed record Use(Type User, string Where, Type Used)
{
    public override string ToString() => $"{User.FullName} uses {Used.FullName} in {Where}";
}
