namespace Kademlia.Cli.Demo;

/// <summary>Shows how far the demo is.</summary>
internal interface IStages
{
    /// <summary>Runs one stage; the work calls the action it is given once for each of <paramref name="total"/> items.</summary>
    Task RunAsync(string title, int total, Func<Action, Task> work);
}
