using FsCheck;
using FsCheck.Fluent;
using Kademlia.Core;

namespace Kademlia.Tests.Core;

/// <summary>The heap of timers beside a list that is sorted whenever it is asked.</summary>
public sealed class TimerHeapTests
{
    private const int Timers = 12;

    private enum StepKind
    {
        Schedule,
        Cancel,
        TakeDue,
    }

    private static Gen<Step> Steps =>
        from kind in Gen.Frequency(
            (5, Gen.Constant(StepKind.Schedule)), (2, Gen.Constant(StepKind.Cancel)), (2, Gen.Constant(StepKind.TakeDue)))
        from timer in Gen.Choose(0, Timers - 1)
        from due in Gen.Choose(0, 8) // few instants, so that several timers share one
        select new Step(kind, timer, TimeSpan.FromSeconds(due));

    [Fact]
    public void Any_steps_leave_what_a_sorted_list_has() => Prop.ForAll(Steps.ListOf().ToArbitrary(), steps =>
    {
        TimerHeap heap = new();
        List<(TimeSpan Due, TestTimer Timer)> model = [];
        TestTimer[] timers = [.. Enumerable.Range(0, Timers).Select(_ => new TestTimer())];
        foreach (Step step in steps)
        {
            Apply(step, timers[step.Timer], heap, model);
            heap.AssertInvariants();
            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? null : model.Min(m => m.Due), heap.Next);
            Assert.All(timers, timer => Assert.Equal(model.Exists(m => m.Timer == timer), timer.IsScheduled));
        }

        Assert.Equal(model.OrderBy(m => m.Due).Select(m => m.Timer), TakeAll(heap, TimeSpan.MaxValue));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryTakeDue_NothingDueYet_TakesNothing()
    {
        TimerHeap heap = new();
        TestTimer timer = new();
        heap.Schedule(timer, TimeSpan.FromTicks(2));
        Assert.False(heap.TryTakeDue(TimeSpan.FromTicks(1), out _));
        Assert.True(heap.TryTakeDue(TimeSpan.FromTicks(2), out CoreTimer taken));
        Assert.Same(timer, taken);
        Assert.False(timer.IsScheduled);
    }

    private static void Apply(Step step, TestTimer timer, TimerHeap heap, List<(TimeSpan Due, TestTimer Timer)> model)
    {
        switch (step.Kind)
        {
            case StepKind.Schedule:
                heap.Schedule(timer, step.Due);
                model.RemoveAll(m => m.Timer == timer);
                model.Add((step.Due, timer));
                break;
            case StepKind.Cancel:
                heap.Cancel(timer);
                model.RemoveAll(m => m.Timer == timer);
                break;
            default:
                Assert.Equal(model.Where(m => m.Due <= step.Due).OrderBy(m => m.Due).Select(m => m.Timer), TakeAll(heap, step.Due));
                model.RemoveAll(m => m.Due <= step.Due);
                break;
        }
    }

    private static List<CoreTimer> TakeAll(TimerHeap heap, TimeSpan now)
    {
        List<CoreTimer> taken = [];
        while (heap.TryTakeDue(now, out CoreTimer timer))
        {
            taken.Add(timer);
        }

        return taken;
    }

    private sealed record Step(StepKind Kind, int Timer, TimeSpan Due);

    private sealed class TestTimer : CoreTimer
    {
        public override void OnDue(TimeSpan now)
        {
        }
    }
}
