namespace Kademlia.Admission;

/// <summary>Eight bytes that only whoever receives at an address can know: carried back, they prove it.</summary>
/// <param name="Value">The bytes, big-endian; zero means no token.</param>
internal readonly record struct AddressToken(ulong Value)
{
    public static AddressToken None => default;

    public bool IsNone => Value == 0;
}
