using Spectre.Console;

namespace Kademlia.Cli;

/// <summary>A bar with bytes, rate and time left on standard error, where a person watches; else nothing.</summary>
internal static class TransferBar
{
    /// <summary>Does some work that tells how far it has come.</summary>
    public static async Task<T> RunAsync<T>(string title, Func<IProgress<ContentProgress>?, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(null);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(title)))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<ContentProgress>
    {
        public void Report(ContentProgress value)
        {
            task.MaxValue = value.Length;
            task.Value = value.Done;
        }
    }
}
