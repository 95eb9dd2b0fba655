namespace Kademlia.Tests.Architecture;

public class HouseTests
{
    private const string WrongRoot = "Kademlia.Tests.Architecture.WrongHouse";

    private static readonly House Library = new(typeof(NodeId).Assembly, "Kademlia");
    private static readonly House WrongHouse = new(typeof(HouseTests).Assembly, WrongRoot);

    [Fact]
    public void Rooms_know_only_the_rooms_below_them() => AssertNone(
        Library.UsesAgainstTheOrder(),
        "These uses go against the order of the rooms. Move the code, or, where the use is right, say why in the exemptions of House.");

    [Fact]
    public void Up_to_the_core_nothing_knows_sockets_clocks_tasks_or_loggers() => AssertNone(
        Library.ImpureUses(),
        "Pure rooms must not know these. Let the node do it and hand the core the outcome, or say in House why the use is right.");

    [Fact]
    public void Every_exemption_is_needed() => Assert.Empty(Library.UnneededExemptions());

    [Theory]
    [InlineData("Lookups.InABase")]
    [InlineData("Lookups.InAField")]
    [InlineData("Lookups.InAParameter")]
    [InlineData("Lookups.InAnArrayOfAnArgument")]
    [InlineData("Lookups.InAConstraint`1")]
    [InlineData("Lookups.InALocal")]
    [InlineData("Lookups.InACast")]
    [InlineData("Lookups.InALambda")]
    [InlineData("Lookups.InAnIterator")]
    [InlineData("Lookups.InAGenericCall")]
    [InlineData("Core.InABodyAlone")]
    public void UsesAgainstTheOrder_EachWayToKnowARoom_IsSeen(string user) =>
        Assert.Contains(WrongHouse.UsesAgainstTheOrder(), use => use.User.FullName == $"{WrongRoot}.{user}");

    [Theory]
    [InlineData("HoldsATask", "Task")]
    [InlineData("DiscardsATask", "Task")]
    [InlineData("Awaits", "ValueTask`1")]
    [InlineData("AwaitsForNobody", "AsyncVoidMethodBuilder")]
    [InlineData("Locks", "Monitor")]
    [InlineData("StartsAThread", "Thread")]
    [InlineData("StartsATimer", "Timer")]
    [InlineData("TakesACancellationToken", "CancellationToken")]
    [InlineData("ReadsAStopwatch", "Stopwatch")]
    [InlineData("ReadsATimeProvider", "TimeProvider")]
    [InlineData("CatchesASocketException", "SocketException")]
    [InlineData("ResolvesAName", "Dns")]
    [InlineData("ReadsAFile", "File")]
    [InlineData("Logs", "ILogger")]
    public void ImpureUses_EachKindOfImpurity_IsSeen(string user, string used) =>
        Assert.Contains(
            WrongHouse.ImpureUses(),
            use => use.User.FullName == $"{WrongRoot}.Core.{user}" && use.Used.Name == used);

    [Fact]
    public void ImpureUses_AnAwaiterThatIsNoTask_IsAllowed() =>
        Assert.DoesNotContain(WrongHouse.ImpureUses(), use => use.User.Name == "Awaitable");

    [Fact]
    public void UsesAgainstTheOrder_ATypeWithoutNeighbours_IsAllowed() =>
        Assert.DoesNotContain(WrongHouse.UsesAgainstTheOrder(), use => use.User.Name is "Engine" or "Socket");

    private static void AssertNone(IEnumerable<Use> uses, string advice)
    {
        string list = string.Join(Environment.NewLine, uses);
        Assert.True(list.Length == 0, advice + Environment.NewLine + list);
    }
}
