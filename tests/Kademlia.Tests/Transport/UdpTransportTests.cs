using System.Net;
using System.Net.Sockets;
using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

public sealed class UdpTransportTests
{
    private static readonly IPAddress[] BothLoopbacks = [IPAddress.IPv6Loopback, IPAddress.Loopback];

    [Fact]
    public void Bind_BothFamilies_SharesOnePort()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        using UdpTransport transport = UdpTransport.Bind(BothLoopbacks, 0);
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], transport.LocalEndPoints.Select(endPoint => endPoint.Address));
        Assert.Single(transport.LocalEndPoints.Select(endPoint => endPoint.Port).Distinct());
    }

    [Fact]
    public void Bind_BothFamilies_HearsBoth()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        using UdpTransport alice = UdpTransport.Bind(BothLoopbacks, 0);
        using UdpTransport bob = UdpTransport.Bind(BothLoopbacks, 0);
        using Inbox inbox = new();
        alice.Start(inbox.Receive);
        for (int family = 0; family < 2; family++)
        {
            Assert.True(bob.Send([1], alice.LocalEndPoints[family]));
            Assert.Equal(bob.LocalEndPoints[family], inbox.Take().From);
        }
    }

    [Fact]
    public void Bind_PortsTakenInIPv6_FindsOneThatIsFreeInBoth()
    {
        const int Taken = 500; // of some 28,000 that a system chooses from: a few of the binds below meet one
        const int Binds = 300;
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        List<UdpTransport> takers = [.. Enumerable.Range(0, Taken).Select(_ => UdpTransport.Bind([IPAddress.IPv6Loopback], 0))];
        for (int i = 0; i < Binds; i++)
        {
            using UdpTransport transport = UdpTransport.Bind(BothLoopbacks, 0);
            Assert.Equal(2, transport.LocalEndPoints.Count);
        }

        takers.ForEach(taker => taker.Dispose());
    }

    [Fact]
    public void Bind_EveryAddress_HearsLoopback()
    {
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Any], 0);
        using UdpTransport bob = UdpTransport.Bind([IPAddress.Loopback], 0);
        using Inbox inbox = new();
        alice.Start(inbox.Receive);
        Assert.True(bob.Send([1], new PeerEndPoint(IPAddress.Loopback, alice.LocalEndPoints[0].Port)));
        Assert.Equal(bob.LocalEndPoints[0], inbox.Take().From);
    }

    [Fact]
    public void Bind_TakenPort_NamesItAndWhatToDo()
    {
        using UdpTransport first = UdpTransport.Bind([IPAddress.Loopback], 0);
        PeerEndPoint taken = first.LocalEndPoints[0];
        KademliaException exception = Assert.Throws<KademliaException>(() => UdpTransport.Bind([IPAddress.Loopback], taken.Port));
        Assert.Equal($"{taken} is taken by another program (UDP): choose another port, or 0 for any free one.", exception.Message);
    }

    [Fact]
    public void Bind_PortTakenInOneFamily_LeavesTheOtherFree()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        using UdpTransport first = UdpTransport.Bind([IPAddress.IPv6Loopback], 0);
        int port = first.LocalEndPoints[0].Port;
        Assert.Throws<KademliaException>(() => UdpTransport.Bind(BothLoopbacks, port));
        using UdpTransport second = UdpTransport.Bind([IPAddress.Loopback], port);
    }

    [Fact]
    public void Bind_AddressOfAnotherMachine_SaysSo()
    {
        KademliaException exception = Assert.Throws<KademliaException>(() => UdpTransport.Bind([IPAddress.Parse("192.0.2.1")], 0));
        Assert.StartsWith("192.0.2.1 is not an address of this machine", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_WrongArguments_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => UdpTransport.Bind([], 0));
        Assert.Throws<ArgumentException>(() => UdpTransport.Bind([IPAddress.Loopback, IPAddress.Any], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => UdpTransport.Bind([IPAddress.Loopback], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => UdpTransport.Bind([IPAddress.Loopback], 65536));
        Assert.Throws<ArgumentNullException>(() => UdpTransport.Bind(null!, 0));
    }

    [Fact]
    public void Bind_MappedAddress_IsIPv4()
    {
        using UdpTransport transport = UdpTransport.Bind([IPAddress.Loopback.MapToIPv6()], 0);
        Assert.True(transport.LocalEndPoints[0].IsIPv4);
    }

    [Theory]
    [InlineData(IDatagramTransport.MaxDatagramLength + 1)]
    [InlineData(9000)]
    public void Receive_LongerThanNodesExchange_IsDroppedAndCounted(int length)
    {
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Loopback], 0);
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Inbox inbox = new();
        alice.Start(inbox.Receive);

        stranger.SendTo(new byte[length], alice.LocalEndPoints[0].ToIPEndPoint());
        stranger.SendTo([1], alice.LocalEndPoints[0].ToIPEndPoint());

        Assert.Equal([1], inbox.Take().Bytes);
        Assert.Equal(1, alice.Counters.Oversized);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("255.255.255.255:7411")]
    public void Send_WhereNobodyCanBe_IsLostHereAndCounted(string destination)
    {
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Loopback], 0);
        Assert.False(alice.Send([1], PeerEndPoint.Parse(destination)));
        Assert.Equal(1, alice.Counters.SendErrors);
    }

    [Fact]
    public void Handler_ThatThrows_IsCounted()
    {
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Loopback], 0);
        using Inbox inbox = new();
        alice.Start((datagram, from) =>
        {
            inbox.Receive(datagram, from);
            throw new TestException();
        });
        alice.Send([1], alice.LocalEndPoints[0]);
        alice.Send([2], alice.LocalEndPoints[0]);
        inbox.Take();
        inbox.Take();
        alice.Dispose();
        Assert.Equal(2, alice.Counters.HandlerFailures);
    }

    [Fact]
    public void Dispose_ByTheHandlersOfBothFamiliesAtOnce_Ends()
    {
        Assert.SkipUnless(Machine.HasIPv6, Machine.LacksIPv6);
        UdpTransport alice = UdpTransport.Bind(BothLoopbacks, 0); // disposed by its handlers: were it stuck, disposing here would be too
        using Barrier bothInside = new(2);
        using CountdownEvent disposed = new(2);
        alice.Start((_, _) =>
        {
            bothInside.SignalAndWait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            alice.Dispose();
            disposed.Signal();
        });
        alice.Send([1], alice.LocalEndPoints[0]);
        alice.Send([1], alice.LocalEndPoints[1]);
        Assert.True(disposed.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Dispose_WhereAHandlerIsRunning_WaitsForIt()
    {
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Loopback], 0);
        using ManualResetEventSlim entered = new();
        bool left = false;
        alice.Start((_, _) =>
        {
            entered.Set();
            SpinWait.SpinUntil(() => !alice.Send([], alice.LocalEndPoints[0])); // until disposing has begun
            Volatile.Write(ref left, true);
        });
        alice.Send([1], alice.LocalEndPoints[0]);
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        alice.Dispose();
        Assert.True(Volatile.Read(ref left));
    }

    /// <summary>A port that is free may be given to somebody else at once: to another test, for one.</summary>
    [Fact]
    public void Dispose_FreesThePort()
    {
        const int Tries = 20;
        int bound = 0;
        for (int i = 0; i < Tries; i++)
        {
            using UdpTransport first = UdpTransport.Bind([IPAddress.Loopback], 0);
            first.Start((_, _) => { });
            first.Dispose();
            bound += CanBind(first.LocalEndPoints[0].Port) ? 1 : 0;
        }

        Assert.InRange(bound, Tries / 2, Tries);
    }

    private static bool CanBind(int port)
    {
        try
        {
            UdpTransport.Bind([IPAddress.Loopback], port).Dispose();
            return true;
        }
        catch (KademliaException)
        {
            return false;
        }
    }

    [Fact]
    public void Echo_Warm_AllocatesNothing()
    {
        const int WarmUp = 1_000;
        const int Measured = 5_000;
        using UdpTransport alice = UdpTransport.Bind([IPAddress.Loopback], 0);
        using ManualResetEventSlim done = new();
        int echoes = 0;
        long before = 0;
        long after = 0;
        alice.Start((datagram, from) =>
        {
            echoes++;
            if (echoes == WarmUp)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (echoes == WarmUp + Measured)
            {
                after = GC.GetAllocatedBytesForCurrentThread();
                done.Set();
                return;
            }

            alice.Send(datagram, from); // to itself: the one datagram goes round and round
        });

        alice.Send(new byte[300], alice.LocalEndPoints[0]);

        Assert.True(done.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(0, after - before);
    }
}
