using Spectre.Console;

namespace Kademlia.Cli.Demo;

/// <summary>A bar for each stage, on a terminal.</summary>
internal sealed class LiveStages(ProgressContext context) : IStages
{
    public async Task RunAsync(string title, int total, Func<Action, Task> work)
    {
        ProgressTask bar = context.AddTask(title, maxValue: total);
        await work(() => bar.Increment(1));
        bar.StopTask();
    }
}
