using Kademlia.Core;

namespace Kademlia.Tests.Core;

/// <summary>Sequential work of the core: when it runs, what it ends with, and in which order it resumes.</summary>
public sealed class CoreTaskTests
{
    private readonly Queue<Action> _ready = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Work_runs_at_once_up_to_what_it_waits_for()
    {
        CorePromise<int> promise = new(_ready);
        CoreTask task = LogAsync("a", promise);
        Assert.Equal(["a begins"], _log);
        Assert.False(task.IsCompleted);
    }

    [Fact]
    public void A_kept_promise_resumes_in_the_turn_and_never_from_inside_the_keeper()
    {
        CorePromise<int> promise = new(_ready);
        CoreTask task = LogAsync("a", promise);
        promise.Keep(7);
        Assert.False(task.IsCompleted);
        RunReady();
        Assert.True(task.IsCompleted);
        Assert.Equal(["a begins", "a got 7"], _log);
    }

    [Fact]
    public void Waiting_work_resumes_in_the_order_in_which_promises_are_kept()
    {
        CorePromise<int>[] promises = [new(_ready), new(_ready), new(_ready)];
        foreach (CorePromise<int> promise in promises)
        {
            _ = LogAsync($"{Array.IndexOf(promises, promise)}", promise);
        }

        _log.Clear();
        promises[2].Keep(2);
        promises[0].Keep(0);
        promises[1].Keep(1);
        RunReady();
        Assert.Equal(["2 got 2", "0 got 0", "1 got 1"], _log);
    }

    [Fact]
    public void A_promise_is_kept_once()
    {
        CorePromise<int> promise = new(_ready);
        _ = LogAsync("a", promise);
        promise.Keep(1);
        promise.Keep(2);
        promise.Break(new InvalidOperationException());
        RunReady();
        Assert.Equal(["a begins", "a got 1"], _log);
    }

    [Fact]
    public void A_promise_that_was_kept_before_is_not_waited_for()
    {
        CorePromise<int> promise = new(_ready);
        promise.Keep(1);
        Assert.True(LogAsync("a", promise).IsCompleted);
        Assert.Empty(_ready);
    }

    [Fact]
    public void A_failure_flows_through_the_awaits_and_can_be_caught()
    {
        CorePromise<int> promise = new(_ready);
        InvalidOperationException failure = new("on purpose");
        CoreTask<Exception?> caught = CatchAsync(OuterAsync(promise));
        promise.Break(failure);
        RunReady();
        Assert.Same(failure, ResultOf(caught));
    }

    [Fact]
    public void A_failure_before_the_first_await_is_the_task_s()
    {
        CoreTask<Exception?> caught = CatchAsync(FailAsync());
        Assert.Equal("at once", Assert.IsType<InvalidOperationException>(ResultOf(caught)).Message);

        static async CoreTask<int> FailAsync()
        {
            await Done();
            throw new InvalidOperationException("at once");
        }
    }

    [Fact]
    public void WhenAll_waits_for_all_in_whatever_order_they_end()
    {
        CorePromise<int> first = new(_ready);
        CorePromise<int> second = new(_ready);
        CoreTask all = CoreTask.WhenAll([LogAsync("a", first), Done(), LogAsync("b", second)]);
        second.Keep(2);
        RunReady();
        Assert.False(all.IsCompleted);
        first.Keep(1);
        RunReady();
        Assert.True(all.IsCompleted);
    }

    [Fact]
    public void WhenAll_throws_the_first_failure_when_all_have_ended()
    {
        CorePromise<int> first = new(_ready);
        CorePromise<int> second = new(_ready);
        CorePromise<int> third = new(_ready);
        CoreTask<Exception?> caught = CatchAsync(WaitForAllAsync([OuterAsync(first), OuterAsync(second), OuterAsync(third)]));
        third.Break(new InvalidOperationException("third"));
        second.Break(new InvalidOperationException("second"));
        RunReady();
        Assert.False(caught.IsCompleted);
        first.Keep(1);
        RunReady();
        Assert.Equal("second", ResultOf(caught)!.Message);

        CorePromise<int> early = new(_ready);
        CorePromise<int> late = new(_ready);
        caught = CatchAsync(WaitForAllAsync([OuterAsync(early), OuterAsync(late)]));
        early.Break(new InvalidOperationException("early"));
        RunReady();
        Assert.False(caught.IsCompleted);
        late.Keep(1);
        RunReady();
        Assert.Equal("early", ResultOf(caught)!.Message);
    }

    private static async CoreTask<int> OuterAsync(CorePromise<int> promise) => await InnerAsync(promise) + 1;

    private static async CoreTask<int> InnerAsync(CorePromise<int> promise) => await promise;

    private static async CoreTask<int> WaitForAllAsync(IReadOnlyList<CoreTask> tasks)
    {
        await CoreTask.WhenAll(tasks);
        return tasks.Count;
    }

    private static async CoreTask<Exception?> CatchAsync(CoreTask<int> task)
    {
        try
        {
            await task;
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return failure;
        }
    }

    private static T ResultOf<T>(CoreTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    private static CoreTask Done()
    {
        CoreTask task = new();
        task.Finish(failure: null);
        return task;
    }

    private async CoreTask LogAsync(string name, CorePromise<int> promise)
    {
        _log.Add($"{name} begins");
        _log.Add($"{name} got {await promise}");
    }

    private void RunReady()
    {
        while (_ready.TryDequeue(out Action? resume))
        {
            resume();
        }
    }
}
