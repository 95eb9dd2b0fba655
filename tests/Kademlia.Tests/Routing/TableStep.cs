using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Tests.Routing;

/// <summary>One thing that happens to a table, in a world of 64 ids and 60 endpoints in 20 address groups.</summary>
internal sealed record TableStep(TableStepKind Kind, int IdBits, int EndPointNumber)
{
    private const int Groups = 20;

    public Contact Contact => new(Small.Id(IdBits, 6), EndPoint);

    private PeerEndPoint EndPoint => EndPointNumber % 2 == 0
        ? Small.EndPoint(EndPointNumber % Groups, EndPointNumber / Groups)
        : Small.EndPoint6(EndPointNumber % Groups / 4, EndPointNumber % Groups, EndPointNumber / Groups);

    /// <summary>Sequences of steps; a failing one is made shorter by leaving out one step at a time.</summary>
    public static Arbitrary<TableStep[]> Sequences(params TableStepKind[] kinds)
    {
        // Most ids keep to few endpoints each, so that steps meet contacts that the table knows.
        Gen<TableStep> step =
            from kind in Gen.Elements(kinds)
            from id in Gen.Choose(0, 63)
            from shift in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(0, 59)))
            select new TableStep(kind, id, (id + shift) % 60);
        return Arb.From(
            step.ArrayOf(150),
            steps => Enumerable.Range(0, steps.Length).Select(i => steps.Where((_, at) => at != i).ToArray()));
    }
}
