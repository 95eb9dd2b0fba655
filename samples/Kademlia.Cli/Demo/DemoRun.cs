using System.Diagnostics;
using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Demo;

/// <summary>Stores every record, stops every second node, and reads every record from the survivors.</summary>
internal sealed class DemoRun(DemoPlan plan, DemoNetwork network, IStages stages)
{
    private readonly PutReceipt?[] _receipts = new PutReceipt?[plan.Records.Count];
    private readonly GetResult?[] _results = new GetResult?[plan.Records.Count];

    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        int records = plan.Records.Count;
        long begin = Stopwatch.GetTimestamp();
        await RunAsync("starting nodes", plan.NodeCount, done => network.StartAsync(done, cancellationToken));
        TimeSpan putting = await RunAsync("storing records", records, done => PutAllAsync(done, cancellationToken));
        await RunAsync("stopping nodes abruptly", plan.Stopped.Count, StopAsync);
        TimeSpan getting = await RunAsync("reading from survivors", records, done => GetAllAsync(done, cancellationToken));

        return new DemoReport(
            plan.NodeCount,
            plan.Stopped.Count,
            records,
            CountAcknowledged(),
            CountFound(),
            CountLost(),
            plan.Seed,
            OperationReport.Of(_receipts.Select(receipt => receipt!.Statistics), putting),
            OperationReport.Of(_results.Select(result => result!.Statistics), getting),
            Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private async Task<TimeSpan> RunAsync(string title, int total, Func<Action, Task> work)
    {
        long begin = Stopwatch.GetTimestamp();
        await stages.RunAsync(title, total, work);
        return Stopwatch.GetElapsedTime(begin);
    }

    private Task PutAllAsync(Action done, CancellationToken cancellationToken) =>
        BoundedParallel.ForAsync(0, plan.Records.Count, async (index, cancellation) =>
        {
            DemoRecord record = plan.Records[index];
            _receipts[index] = await network[record.Writer].PutAsync(record.Name, record.Value, cancellationToken: cancellation);
            done();
        }, cancellationToken);

    private Task StopAsync(Action done)
    {
        foreach (int index in plan.Stopped)
        {
            network.StopAbruptly(index);
            done();
        }

        return Task.CompletedTask;
    }

    private Task GetAllAsync(Action done, CancellationToken cancellationToken) =>
        BoundedParallel.ForAsync(0, plan.Records.Count, async (index, cancellation) =>
        {
            KademliaNode reader = network[plan.Records[index].Reader];
            _results[index] = await reader.GetAsync(_receipts[index]!.Key, cancellationToken: cancellation);
            done();
        }, cancellationToken);

    private int CountAcknowledged() => Enumerable.Range(0, plan.Records.Count).Count(IsAcknowledged);

    private int CountFound() => Enumerable.Range(0, plan.Records.Count).Count(IsFound);

    private int CountLost() => Enumerable.Range(0, plan.Records.Count).Count(index => IsAcknowledged(index) && !IsFound(index));

    private bool IsAcknowledged(int index) => _receipts[index]!.Stored > 0;

    private bool IsFound(int index) =>
        _results[index]!.Found && _results[index]!.Value.Span.SequenceEqual(plan.Records[index].Value);
}
