namespace Kademlia.Cli;

/// <summary>What <c>kad</c> tells the shell. <see cref="Help"/> is printed by <c>kad --help</c>.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It did not work out; of the demo: a record was lost.</summary>
    public const int Failed = 1;

    /// <summary>An option, a file or a value cannot be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>Nothing is stored under the key.</summary>
    public const int NotFound = 3;

    /// <summary>Nobody answered.</summary>
    public const int NoAnswer = 4;

    /// <summary>Ctrl+C or SIGTERM before the command was done: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes in words.</summary>
    public const string Help = """
        Exit codes:
          0    done
          1    failed: no node stored the record, the port is taken; for the demo: a record was lost
          2    wrong usage: an option, a file or a value that cannot be used
          3    not found: nothing is stored under the key, or its owner deleted it
          4    no answer: no node could be reached, or it did not reply
          130  interrupted
        """;
}
