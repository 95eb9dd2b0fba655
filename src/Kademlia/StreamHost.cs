using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Kademlia.Streams;
using Kademlia.Transport;
using Kademlia.Wire;
using Microsoft.Extensions.Logging;

namespace Kademlia;

/// <summary>A node's streams: takes and makes connections, proves them, asks what they are for, and bounds how many there are.</summary>
/// <remarks>It has a lock of its own, for its counts alone: nothing is awaited or called under it.</remarks>
internal sealed class StreamHost : IDisposable
{
    /// <summary>All before the protocol's own bytes is over by then, or the connection is closed (PROTOCOL.md, 9.1).</summary>
    public static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    /// <summary>How often idle streams are looked for, in the time that a stream may be idle.</summary>
    private const int SweepsPerIdleTime = 4;

    private readonly Lock _gate = new();
    private readonly KademliaOptions _options;
    private readonly ulong _network;
    private readonly IStreamTransport _transport;
    private readonly IStreamSecurity _security;
    private readonly NodeDispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StreamLimits _limits;
    private readonly ITimer _sweep;
    private readonly ConcurrentDictionary<string, StreamHandler> _handlers = new(StringComparer.Ordinal);
    private readonly HashSet<OpenConnection> _open = [];
    private readonly CancellationTokenSource _stopping = new();

    private StreamHost(KademliaOptions options, NodeIdentity identity, IStreamTransport transport, HostServices services)
    {
        _options = options;
        _network = NetworkTag.Of(options.NetworkName);
        _transport = transport;
        _security = services.StreamSecurity(
            identity, options.IdDifficulty, new Membership(identity.Id, _network, options.NetworkKey, services.Random));
        _dispatcher = services.Dispatcher;
        _time = services.Time;
        _logger = services.Logger;
        _limits = new StreamLimits(options.MaxStreams, options.MaxStreamsPerPeer, options.LimitLocalAddressGroups);
        _sweep = _time.CreateTimer(_ => CutIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The streams of a node; null where nothing carries them.</summary>
    public static StreamHost? Create(KademliaOptions options, NodeIdentity identity, HostServices services) =>
        services.Streams is { } transport ? new StreamHost(options, identity, transport, services) : null;

    /// <summary>How many streams are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Begins to take connections.</summary>
    public void Start() => _transport.Start(OnConnection);

    /// <summary>Serves a protocol; a later handler takes the place of an earlier one.</summary>
    public void Handle(string protocol, StreamHandler handler) => _handlers[protocol] = handler;

    /// <summary>Opens a stream.</summary>
    /// <exception cref="KademliaException">There is none to be had; the message says why.</exception>
    public async Task<PeerConnection> ConnectAsync(Contact contact, string protocol, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(KademliaNode));
        long operation = _dispatcher.Begin(nameof(ConnectAsync));
        using CancellationTokenSource deadline = new(HandshakeTime, _time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token, cancellationToken);
        try
        {
            return new PeerConnection(await DialAsync(contact, protocol, linked.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(KademliaNode));
            throw new KademliaException($"No stream to {contact} was opened within {HandshakeTime.TotalSeconds} s. Is the node running, and can its TCP port be reached?");
        }
        catch (IOException e)
        {
            throw new KademliaException($"No stream to {contact} can be opened. {e.Message}", e);
        }
        finally
        {
            _dispatcher.End(operation);
        }
    }

    /// <summary>Cuts all streams and takes none any more.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _transport.Dispose();
        foreach (OpenConnection connection in Snapshot())
        {
            connection.Cut();
        }

        _sweep.Dispose();
        _security.Dispose();
    }

    private async Task<OpenConnection> DialAsync(Contact contact, string protocol, CancellationToken cancellationToken)
    {
        Stream connection = await _transport.ConnectAsync(contact.EndPoint, cancellationToken).ConfigureAwait(false);
        SecureConnection? secure = null;
        try
        {
            secure = await _security.DialAsync(connection, contact.Id, cancellationToken).ConfigureAwait(false);
            return await StreamPreface.AskAsync(secure, _network, protocol, cancellationToken).ConfigureAwait(false) switch
            {
                StreamStatus.Open => TryAdmit(secure, contact.EndPoint, isDialled: true)
                    ?? throw new IOException($"{_options.MaxStreams} streams are open already, or {_options.MaxStreamsPerPeer} with this node: close some."),
                StreamStatus.UnknownProtocol => throw new IOException($"It does not handle the protocol \"{protocol}\"."),
                _ => throw new IOException("It is busy: too many streams are open there. Try again later."),
            };
        }
        catch
        {
            secure?.Dispose();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void OnConnection(Stream connection, PeerEndPoint from)
    {
        bool begins;
        lock (_gate)
        {
            begins = !_stopping.IsCancellationRequested && _limits.TryBegin(from);
        }

        if (begins)
        {
            _ = AcceptAsync(connection, from);
        }
        else
        {
            connection.Dispose();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stranger does to a connection ends that connection alone.")]
    private async Task AcceptAsync(Stream connection, PeerEndPoint from)
    {
        using CancellationTokenSource deadline = new(HandshakeTime, _time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        bool served = false;
        SecureConnection? secure = null;
        try
        {
            secure = await _security.AcceptAsync(connection, linked.Token).ConfigureAwait(false);
            string protocol = await StreamPreface.HearAsync(secure, _network, linked.Token).ConfigureAwait(false);
            served = await AnswerAsync(secure, from, protocol, linked.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.StreamNotTaken(_logger, from, e.Message);
        }
        finally
        {
            lock (_gate)
            {
                _limits.End(from);
            }

            if (!served)
            {
                secure?.Dispose();
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <returns>Whether the stream is open, and its handler's to close.</returns>
    private async Task<bool> AnswerAsync(SecureConnection secure, PeerEndPoint from, string protocol, CancellationToken cancellationToken)
    {
        OpenConnection? open = null;
        StreamStatus status = !_handlers.TryGetValue(protocol, out StreamHandler? handler) ? StreamStatus.UnknownProtocol
            : (open = TryAdmit(secure, from, isDialled: false)) is null ? StreamStatus.Busy
            : StreamStatus.Open;
        try
        {
            await StreamPreface.AnswerAsync(secure, status, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            open?.Cut();
            throw;
        }

        if (open is not null)
        {
            _dispatcher.Invoke(() => _ = ServeAsync(new PeerConnection(open), handler!, protocol));
            return true;
        }

        await secure.EndAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <remarks>Goes on in the context that the dispatcher gave the handler: none on the thread pool, its own in simulation.</remarks>
    [SuppressMessage("Design", "CA1031", Justification = "The application's handler may throw anything; its stream is then cut.")]
    private async Task ServeAsync(PeerConnection stream, StreamHandler handler, string protocol)
    {
        try
        {
            await handler(stream.Peer, stream, stream.Closed).ConfigureAwait(true);
            await stream.Output.CompleteAsync().ConfigureAwait(true);
        }
        catch (Exception e)
        {
            if (!stream.Closed.IsCancellationRequested)
            {
                Log.StreamHandlerFailed(_logger, protocol, e);
                await stream.Output.CompleteAsync(e).ConfigureAwait(true);
            }
        }

        await stream.DisposeAsync().ConfigureAwait(true);
    }

    private OpenConnection? TryAdmit(SecureConnection secure, PeerEndPoint endPoint, bool isDialled)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || !_limits.TryOpen(secure.Peer, isDialled ? default(PeerEndPoint?) : endPoint))
            {
                return null;
            }

            OpenConnection open = new(secure, endPoint, isDialled, _time, OnClosed);
            _open.Add(open);
            if (_open.Count == 1 && _options.StreamIdleTimeout != Timeout.InfiniteTimeSpan)
            {
                TimeSpan interval = _options.StreamIdleTimeout / SweepsPerIdleTime;
                _sweep.Change(interval, interval);
            }

            return open;
        }
    }

    private void OnClosed(OpenConnection connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
            _limits.Close(connection.Peer.Id, connection.IsDialled ? default(PeerEndPoint?) : connection.Peer.EndPoint);
            if (_open.Count == 0)
            {
                _sweep.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void CutIdle()
    {
        foreach (OpenConnection connection in Snapshot().Where(c => c.Idle >= _options.StreamIdleTimeout))
        {
            connection.Cut();
        }
    }

    private OpenConnection[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _open];
        }
    }
}
