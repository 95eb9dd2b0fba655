using System.Numerics;
using System.Runtime.InteropServices;

namespace Kademlia.Simulation.Running;

/// <summary>A number that any difference in what was delivered, when, or to whom, changes; not meant to withstand anybody.</summary>
internal sealed class Trace
{
    private const ulong Prime = 0x9e37_79b9_7f4a_7c15;

    public ulong Hash { get; private set; }

    public void Mix(ulong value) => Hash = (BitOperations.RotateLeft(Hash, 29) ^ value) * Prime;

    public void Mix(ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            Mix(word);
        }

        foreach (byte b in bytes[(bytes.Length & ~7)..])
        {
            Mix(b);
        }

        Mix((ulong)bytes.Length);
    }
}
