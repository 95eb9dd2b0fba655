using System.Diagnostics.CodeAnalysis;
using Kademlia.Content;
using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>One fetching of content: finds its providers, opens streams to a few at a time, and takes another for each that fails.</summary>
internal sealed class ContentDownload
{
    /// <summary>From so many it is fetched at once.</summary>
    private const int MaxAtOnce = 8;

    /// <summary>So many are tried at most.</summary>
    private const int MaxProviders = 64;

    private readonly Lock _gate = new();
    private readonly KademliaNode _node;
    private readonly RecordKey _key;
    private readonly long _length;
    private readonly IProgress<ContentProgress>? _progress;
    private readonly ILogger _logger;
    private readonly BlockFetch _fetch;
    private readonly List<ContentProvider> _providers = [];
    private readonly Queue<Provider> _waiting = [];
    private long _fetched;
    private int _active;

    public ContentDownload(
        KademliaNode node, RecordKey key, Manifest manifest, ContentBytes destination, IProgress<ContentProgress>? progress, HostServices services)
    {
        (_node, _key, _length, _progress, _logger) = (node, key, manifest.Shape.Length, progress, services.Logger);
        _fetch = new BlockFetch(key.Hash, manifest, destination, services.Time, services.Dispatcher.ComputeAsync, OnFetched);
    }

    /// <summary>Who was asked, in the order in which they were found.</summary>
    public IReadOnlyList<ContentProvider> Providers => _providers;

    /// <summary>Fetches everything.</summary>
    /// <exception cref="KademliaException">Not everything was to be had.</exception>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> workers = [];
        HashSet<NodeId> seen = [_node.Id];
        try
        {
            await foreach (Provider provider in _node.FindProvidersAsync(Manifest.ProvidersOf(_key), enough.Token).ConfigureAwait(false))
            {
                if (seen.Count <= MaxProviders && seen.Add(provider.Id) && TakesNow(provider))
                {
                    workers.Add(WorkAsync(provider, enough));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && (_fetch.IsDone || _fetch.Failure is not null))
        {
            // It ended before all providers were found.
        }
        catch
        {
            EndNow(enough);
            throw;
        }
        finally
        {
            await Task.WhenAll(workers).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        ThrowUnlessDone();
    }

    private bool TakesNow(Provider provider)
    {
        lock (_gate)
        {
            bool now = _active < MaxAtOnce;
            if (now)
            {
                _active++;
            }
            else
            {
                _waiting.Enqueue(provider);
            }

            return now;
        }
    }

    private async Task WorkAsync(Provider first, CancellationTokenSource enough)
    {
        for (Provider? provider = first; provider is not null; provider = TakeNext())
        {
            ContentProvider account = new(provider.Id, provider.EndPoint);
            lock (_gate)
            {
                _providers.Add(account);
            }

            await FetchFromAsync(provider, account, enough.Token).ConfigureAwait(false);
            EndIfEnough(enough);
        }
    }

    private void EndIfEnough(CancellationTokenSource enough)
    {
        if (_fetch.IsDone || _fetch.Failure is not null)
        {
            EndNow(enough);
        }
    }

    /// <remarks>On this thread: in simulation another would leave virtual time.</remarks>
    private static void EndNow(CancellationTokenSource enough) => enough.Cancel();

    private Provider? TakeNext()
    {
        lock (_gate)
        {
            if (!_fetch.IsDone && _fetch.Failure is null && _waiting.TryDequeue(out Provider? next))
            {
                return next;
            }

            _active--;
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a provider does is told of it, and ends what is fetched from it alone.")]
    private async Task FetchFromAsync(Provider provider, ContentProvider account, CancellationToken cancellationToken)
    {
        try
        {
            PeerConnection stream = await _node.OpenProviderAsync(provider, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await _fetch.FetchAsync(stream, account.Add, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It did not fail: it was not needed any more, or the caller has given up.
        }
        catch (Exception e)
        {
            account.Fault = e.Message;
            account.IsLiar = e is InvalidDataException;
            Log.ProviderFailed(_logger, account.Id, account.EndPoint, _key, e.Message);
        }
    }

    private void OnFetched(int length)
    {
        if (length > 0)
        {
            long fetched = Interlocked.Add(ref _fetched, length);
            _progress?.Report(new ContentProgress(fetched, _length, Volatile.Read(ref _active)));
        }
    }

    private void ThrowUnlessDone()
    {
        if (_fetch.Failure is { } failure)
        {
            throw new IOException($"What was fetched cannot be written: {failure.Message}", failure);
        }

        if (!_fetch.IsDone)
        {
            throw new KademliaException(_providers.Count == 0
                ? $"Nobody provides {_key} at present."
                : $"{_fetched} of {_length} bytes of {_key} were fetched; the rest was to be had of nobody. {string.Join(" ", _providers)}");
        }
    }
}
