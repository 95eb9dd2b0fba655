using System.Runtime.CompilerServices;
using Kademlia.Core;

namespace Kademlia;

/// <content>Being told of changes.</content>
public sealed partial class KademliaNode
{
    /// <summary>Tells what is stored under a key, and from then on every change, as the key's holders tell of it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the subscription, as leaving the loop does.</param>
    /// <returns>The current records first, then changes; it ends when it is cancelled, or the node stops.</returns>
    /// <remarks>
    /// <para>A change is mostly seen within a second of its put, and where datagrams or holders are lost at the next look at the holders: they are looked at every
    /// 100 s. Each record is verified, and none is told twice or after a newer one. Of an open key the first 1,024 writers are followed.</para>
    /// <para>A reader that is slower than the changes misses intermediate versions, never the newest: what waits for it is one change of each writer's.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The key is none.</exception>
    public IAsyncEnumerable<RecordChange> SubscribeAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfNotKey(key);
        return StreamAsync((core, scope, tell) => core.Subscribing.WatchAsync(key, tell, scope), cancellationToken);
    }

    /// <summary>Streams what an operation of the core tells, until it ends or its reader does.</summary>
    private async IAsyncEnumerable<RecordChange> StreamAsync<T>(
        Func<NodeCore, CancelScope, Action<RecordChange>, CoreTask<T>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        [CallerMemberName] string name = "")
    {
        RecordStream changes = new(_dispatcher);
        using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task operation = TellAsync(work, changes, name, reading.Token);
        try
        {
            while (await changes.WaitAsync().ConfigureAwait(false))
            {
                while (changes.TryTake(out RecordChange? change))
                {
                    yield return change;
                }
            }
        }
        finally
        {
            EndReading();
            await operation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await operation.ConfigureAwait(false);

        // Not awaited: it takes one turn of the core, here and now.
        void EndReading() => reading.Cancel();
    }

    private async Task TellAsync<T>(
        Func<NodeCore, CancelScope, Action<RecordChange>, CoreTask<T>> work, RecordStream changes, string name, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync((core, scope) => work(core, scope, changes.Add), cancellationToken, name).ConfigureAwait(false);
        }
        finally
        {
            changes.End();
        }
    }
}
