using System.Diagnostics;
using System.Net.Sockets;

namespace Kademlia.Loopback;

/// <summary>Asks a contender from one thread with a bare socket: a window of requests is always under way, each reply lets the next one go.</summary>
/// <remarks>A reply is a datagram; what is in it is not read. The client allocates nothing while it runs.</remarks>
internal sealed class LoadClient : IDisposable
{
    private const int ReplyTimeout = 200;
    private const int ClockInterval = 64;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _reply = new byte[2048];
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _requests;
    private int _next;

    public LoadClient(IContender contender)
    {
        _requests = contender.Requests;
        _socket.ReceiveBufferSize = 4 * 1024 * 1024;
        _socket.ReceiveTimeout = ReplyTimeout;
        _socket.Connect(contender.EndPoint.ToIPEndPoint());
    }

    /// <summary>Keeps a window of requests under way until the time is over or so many replies have come.</summary>
    public Load Flood(int window, TimeSpan duration, long maxReplies)
    {
        long replies = 0;
        long lost = 0;
        Stopwatch watch = Stopwatch.StartNew();
        Ask(window);
        while (replies < maxReplies && (replies % ClockInterval != 0 || watch.Elapsed < duration))
        {
            if (TryTakeReply())
            {
                replies++;
                Ask(1);
            }
            else
            {
                lost += window; // Nothing came for so long that nothing is under way.
                Ask(window);
                if (watch.Elapsed >= duration)
                {
                    break;
                }
            }
        }

        TimeSpan elapsed = watch.Elapsed;
        Drain();
        return new Load(replies, lost, elapsed);
    }

    /// <summary>Asks one at a time and counts how long each reply took.</summary>
    public LatencyHistogram Ping(TimeSpan duration, long maxReplies)
    {
        LatencyHistogram histogram = new();
        Stopwatch watch = Stopwatch.StartNew();
        while (histogram.Count < maxReplies && watch.Elapsed < duration)
        {
            long asked = Stopwatch.GetTimestamp();
            Ask(1);
            if (TryTakeReply())
            {
                histogram.Add(Stopwatch.GetElapsedTime(asked));
            }
        }

        return histogram;
    }

    public void Dispose() => _socket.Dispose();

    private void Ask(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _socket.Send(_requests[_next].Span, SocketFlags.None, out _);
            _next = _next + 1 == _requests.Count ? 0 : _next + 1;
        }
    }

    private bool TryTakeReply()
    {
        _socket.Receive(_reply, SocketFlags.None, out SocketError error);
        return error == SocketError.Success;
    }

    private void Drain()
    {
        while (TryTakeReply())
        {
            // Late replies must not be counted as those of the next round.
        }
    }
}
