using Kademlia.Tests.Architecture.WrongHouse.Core;
using Kademlia.Tests.Architecture.WrongHouse.Transport;

// One wrong type for each way to know another room: together they are the proof that the finder sees them all.
namespace Kademlia.Tests.Architecture.WrongHouse.Lookups
{
    internal sealed class InABase : Engine;

    internal sealed class InAField
    {
        public readonly Engine Engine = new();
    }

    internal sealed class InAParameter
    {
        public static bool IsNone(Engine? engine) => engine is null;
    }

    internal sealed class InAnArrayOfAnArgument
    {
        public static int Count(List<Engine[]> engines) => engines.Count;
    }

    internal sealed class InAConstraint<T>
        where T : Engine
    {
        public static T? Nothing => default;
    }

    internal sealed class InALocal
    {
        public static int Count()
        {
            List<Engine> engines = [];
            return engines.Count;
        }
    }

    internal sealed class InACast
    {
        public static bool Is(object value) => value is Engine;
    }

    internal sealed class InALambda
    {
        public static Func<int> Later() => () => Engine.Deadline;
    }

    internal sealed class InAnIterator
    {
        public static IEnumerable<int> Each()
        {
            yield return Engine.Deadline;
        }
    }

    internal sealed class InAGenericCall
    {
        public static int Size() => Enumerable.Empty<Engine>().Count();
    }
}

namespace Kademlia.Tests.Architecture.WrongHouse.Core
{
    internal sealed class InABodyAlone
    {
        public static void Send() => Socket.Open();
    }
}
