namespace Kademlia.Cli.Demo;

/// <summary>A line for each quarter of a stage, for files and pipes.</summary>
internal sealed class PlainStages(TextWriter writer) : IStages
{
    private const int LinesPerStage = 4;

    public Task RunAsync(string title, int total, Func<Action, Task> work)
    {
        int step = (total + LinesPerStage - 1) / LinesPerStage;
        int count = 0;
        return work(() =>
        {
            int done = Interlocked.Increment(ref count);
            if (done % step == 0 || done == total)
            {
                writer.WriteLine($"{title}: {done} of {total}");
            }
        });
    }
}
