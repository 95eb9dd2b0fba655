using System.Diagnostics;
using System.Net.Sockets;

namespace Kademlia.Loopback;

/// <summary>Asks a contender from one thread with a bare socket: a window of requests is always under way, each reply lets the next one go.</summary>
/// <remarks>A reply is a datagram of the right length; what is in it is not read. The client allocates nothing while it runs.</remarks>
internal sealed class LoadClient : IDisposable
{
    /// <summary>So many milliseconds without a reply mean that none is under way.</summary>
    public const int ReplyTimeout = 200;

    private const int ClockInterval = 64;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _reply = new byte[2048];
    private readonly byte[][] _requests;
    private readonly int _replyLength;
    private int _next;

    public LoadClient(IContender contender)
    {
        _replyLength = contender.ReplyLength;
        ServerPort = contender.EndPoint.Port;
        _socket.ReceiveBufferSize = 4 * 1024 * 1024;
        _socket.ReceiveTimeout = ReplyTimeout;
        _socket.Connect(contender.EndPoint.ToIPEndPoint());
        _requests = contender.PrepareRequests(_socket);
    }

    /// <summary>The port that it asks.</summary>
    public int ServerPort { get; }

    /// <summary>Keeps a window of requests under way until the time is over.</summary>
    public Load Flood(int window, TimeSpan duration)
    {
        long replies = 0;
        long lost = 0;
        Stopwatch watch = Stopwatch.StartNew();
        Ask(window);
        while (replies % ClockInterval != 0 || watch.Elapsed < duration)
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
    public LatencyHistogram Ping(TimeSpan duration)
    {
        LatencyHistogram histogram = new();
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
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
            _socket.Send(_requests[_next], SocketFlags.None, out _);
            _next = _next + 1 == _requests.Length ? 0 : _next + 1;
        }
    }

    private bool TryTakeReply()
    {
        int length = _socket.Receive(_reply, SocketFlags.None, out SocketError error);
        return error != SocketError.Success ? false
            : length == _replyLength ? true
            : throw new InvalidOperationException($"A reply has {length} bytes instead of {_replyLength}.");
    }

    private void Drain()
    {
        while (TryTakeReply())
        {
            // Late replies must not be counted as those of the next round.
        }
    }
}
