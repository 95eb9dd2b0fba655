using System.Diagnostics;
using Kademlia.Simulation;

namespace Kademlia.Scenarios;

/// <summary>Says on standard error how far a run is: on a terminal in one line that changes, otherwise a line now and then.</summary>
internal sealed class Progress
{
    /// <summary>The wall clock is looked at once in so many events.</summary>
    private const int EventsPerLook = 1024;

    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private string _phase = "";
    private int _total;
    private int _done;
    private int _events;
    private long _said = Stopwatch.GetTimestamp();
    private long _delivered;

    /// <summary>Looks at a network while it runs.</summary>
    public void Watch(VirtualNetwork network)
    {
        _delivered = 0;
        network.World.AfterEvent += () =>
        {
            if (++_events % EventsPerLook == 0)
            {
                Look(network);
            }
        };
    }

    /// <summary>A part of the run begins, of as many steps; none when they cannot be counted.</summary>
    public void Begin(string phase, int total = 0) => (_phase, _total, _done) = (phase, total, 0);

    public void Step() => _done++;

    /// <summary>Something was measured. The table at the end has it too, but some runs take hours.</summary>
    public void Found(Goal goal)
    {
        End();
        Console.Error.WriteLine($"{goal.Id}: {GoalTable.Text(goal.Measured, goal.Unit)}");
    }

    /// <summary>Clears the line.</summary>
    public void End() => Write("");

    private void Look(VirtualNetwork network)
    {
        TimeSpan since = Stopwatch.GetElapsedTime(_said);
        if (since < (_isTerminal ? TerminalInterval : LineInterval))
        {
            return;
        }

        long delivered = network.Counters.Delivered;
        double rate = (delivered - _delivered) / since.TotalSeconds;
        (_said, _delivered) = (Stopwatch.GetTimestamp(), delivered);
        string count = _total > 0 ? $"{_done:N0} of {_total:N0}, " : "";
        Write($"{_phase}: {count}{network.Nodes.Count:N0} nodes, virtual time {network.Now:d\\.hh\\:mm\\:ss}, {rate:N0} datagrams/s");
    }

    private void Write(string line)
    {
        if (_isTerminal)
        {
            Console.Error.Write($"\r\e[K{line}");
        }
        else if (line.Length > 0)
        {
            Console.Error.WriteLine(line);
        }
    }
}
