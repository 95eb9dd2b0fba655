namespace Kademlia.Scenarios;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Every goal was met.</summary>
    public const int Done = 0;

    /// <summary>A goal was missed, or a fault that the scenario switched on did nothing.</summary>
    public const int Missed = 1;

    /// <summary>There is no such scenario or option.</summary>
    public const int WrongUsage = 2;

    /// <summary>The codes in words.</summary>
    public const string Help = """
        Exit codes:
          0  every goal was met
          1  a goal was missed, or a fault that was switched on did nothing
          2  there is no such scenario or option
        """;
}
