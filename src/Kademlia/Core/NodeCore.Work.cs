using System.Diagnostics.CodeAnalysis;

namespace Kademlia.Core;

/// <content>How sequential work runs, waits and ends.</content>
internal sealed partial class NodeCore
{
    /// <summary>Starts an operation and runs it as far as it goes at once.</summary>
    /// <param name="work">The operation; it must register what it has under way with the scope that it is given.</param>
    /// <param name="ended">Called once, in the turn in which the operation ends, with its result or its failure.</param>
    /// <param name="now">The time.</param>
    /// <returns>What <see cref="Cancel"/> takes.</returns>
    public CancelScope Call<T>(Func<CancelScope, CoreTask<T>> work, Action<T?, Exception?> ended, TimeSpan now)
    {
        BeginTurn(now);
        CancelScope scope = new();
        RunDetached(RunAsync(work, scope, ended));
        EndTurn();
        return scope;
    }

    /// <summary>Cancels an operation: all that it has under way is freed in this turn; it ends as cancelled, at the latest when an effect that it awaits is done.</summary>
    public void Cancel(CancelScope scope, TimeSpan now)
    {
        BeginTurn(now);
        scope.Cancel();
        EndTurn();
    }

    /// <summary>Has an effect done; the awaiting work resumes when the host completes it, or the node stops.</summary>
    internal CorePromise<TEffect> Perform<TEffect>(TEffect effect)
        where TEffect : Effect => Perform(effect, Lifetime);

    /// <summary>Has an effect done that may take long: it is given up when the scope is cancelled.</summary>
    internal CorePromise<TEffect> Perform<TEffect>(TEffect effect, CancelScope scope)
        where TEffect : Effect
    {
        CorePromise<TEffect> promise = new(Ready);
        LinkedListNode<Action> registration = scope.Add(() =>
        {
            effect.GiveUp?.Invoke();
            promise.Break(new OperationCanceledException());
        });
        effect.Completed = () =>
        {
            scope.Remove(registration);
            promise.Keep(effect);
        };
        _host.Begin(effect);
        return promise;
    }

    /// <summary>Waits for a time to pass.</summary>
    internal CorePromise<bool> Delay(TimeSpan time, CancelScope scope)
    {
        CorePromise<bool> promise = new(Ready);
        DelayTimer timer = new(promise, scope);
        timer.Registration = scope.Add(() =>
        {
            Timers.Cancel(timer);
            promise.Break(new OperationCanceledException());
        });
        Timers.Schedule(timer, Now + time);
        return promise;
    }

    /// <summary>Runs work that nobody waits for, until it ends or the node stops.</summary>
    internal void RunDetached(CoreTask work) => _ = ObserveAsync(work);

    /// <summary>Runs an operation under a scope of its own, and tells once how it ended.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever an operation fails with is its caller's.")]
    internal async CoreTask RunAsync<T>(Func<CancelScope, CoreTask<T>> work, CancelScope scope, Action<T?, Exception?> ended)
    {
        LinkedListNode<Action>? registration = null;
        try
        {
            registration = Lifetime.Add(scope.Cancel);
            T result = await work(scope);
            ended(result, null);
        }
        catch (Exception failure)
        {
            ended(default, failure);
        }
        finally
        {
            if (registration is not null)
            {
                Lifetime.Remove(registration);
            }
        }
    }

    /// <summary>Nobody waits for the work, so what it fails with goes to the host.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The host decides what a failure of the core means.")]
    private async CoreTask ObserveAsync(CoreTask work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (Exception failure)
        {
            _host.OnFault(failure);
        }
    }

    private sealed class DelayTimer(CorePromise<bool> promise, CancelScope scope) : CoreTimer
    {
        public LinkedListNode<Action>? Registration { get; set; }

        public override void OnDue(TimeSpan now)
        {
            scope.Remove(Registration!);
            promise.Keep(true);
        }
    }
}
