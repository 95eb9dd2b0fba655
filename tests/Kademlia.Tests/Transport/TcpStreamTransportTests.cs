using System.Net;
using System.Net.Sockets;
using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class TcpStreamTransportTests : StreamTransportContract
{
    protected override TimeProvider Time => TimeProvider.System;

    [Fact]
    public void Bind_APortThatIsTaken_SaysSo()
    {
        using TcpStreamTransport first = TcpStreamTransport.Bind([IPAddress.Loopback], 0);
        int port = first.LocalEndPoints[0].Port;
        KademliaException failure = Assert.Throws<KademliaException>(() => TcpStreamTransport.Bind([IPAddress.Loopback], port));
        Assert.Contains("(TCP): choose another port", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_Twice_IsRefused()
    {
        using TcpStreamTransport transport = TcpStreamTransport.Bind([IPAddress.Loopback], 0);
        transport.Start((connection, _) => connection.Dispose());
        Assert.Throws<InvalidOperationException>(() => transport.Start((connection, _) => connection.Dispose()));
    }

    /// <summary>A process that stops a hundred nodes at once has fewer threads than nodes.</summary>
    [Fact]
    public void Dispose_WhileThePoolHasNoThreadLeft_Returns()
    {
        TcpStreamTransport transport = TcpStreamTransport.Bind([IPAddress.Loopback], 0);
        transport.Start((connection, _) => connection.Dispose());
        ManualResetEvent release = new(initialState: false);
        for (int i = 0; i < 256; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.WaitOne(), null);
        }

        Thread disposing = new(transport.Dispose);
        disposing.Start();
        bool hasReturned = disposing.Join(TimeSpan.FromSeconds(20));
        release.Set();
        Assert.True(hasReturned);
    }

    [Fact]
    public async Task Connect_AConnectionThatIsResetAtOnce_HarmsNothing()
    {
        using TcpStreamTransport transport = TcpStreamTransport.Bind([IPAddress.Loopback], 0);
        IPEndPoint there = transport.LocalEndPoints[0].ToIPEndPoint();
        for (int i = 0; i < 20; i++)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) };
            await socket.ConnectAsync(there, Token);
        }

        TaskCompletionSource<Stream> last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Socket honest = new(SocketType.Stream, ProtocolType.Tcp);
        await honest.ConnectAsync(there, Token);
        int port = ((IPEndPoint)honest.LocalEndPoint!).Port;
        transport.Start((connection, from) =>
        {
            if (from.Port == port)
            {
                last.SetResult(connection);
            }
            else
            {
                connection.Dispose();
            }
        });
        await using Stream connection = await last.Task.WaitAsync(Token);
        await connection.WriteAsync("welcome"u8.ToArray(), Token);
        byte[] heard = new byte["welcome".Length];
        Assert.Equal(heard.Length, await honest.ReceiveAsync(heard, Token));
        Assert.Equal("welcome"u8.ToArray(), heard);
    }

    protected override IStreamTransport Open() => TcpStreamTransport.Bind([IPAddress.Loopback], 0);

    protected override void Run(Func<Task> test) => Task.Run(test).GetAwaiter().GetResult();
}
