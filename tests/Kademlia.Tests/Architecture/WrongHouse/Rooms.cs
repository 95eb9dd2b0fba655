namespace Kademlia.Tests.Architecture.WrongHouse.Core
{
    /// <summary>What lower rooms must not know.</summary>
    internal class Engine
    {
        public static int Deadline { get; set; }
    }
}

namespace Kademlia.Tests.Architecture.WrongHouse.Transport
{
    /// <summary>What stands beside the core.</summary>
    internal sealed class Socket
    {
        public static int Opened { get; set; }

        public static void Open() => Opened++;
    }
}
