using Kademlia.Transport;

namespace Kademlia.Tests.Transport;

/// <summary>What every transport does. A subclass says how one is made.</summary>
public abstract class DatagramTransportContract : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    [Fact]
    public void Bound_TellsItsRealPort()
    {
        Assert.All(Open().LocalEndPoints, endPoint => Assert.NotEqual(0, endPoint.Port));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(IDatagramTransport.MaxDatagramLength)]
    public void Send_AnyLength_ArrivesWholeWithItsSender(int length)
    {
        byte[] sent = new byte[length];
        new Random(length).NextBytes(sent);
        IDatagramTransport alice = Open();
        (IDatagramTransport bob, Inbox inbox) = OpenStarted();

        Assert.True(alice.Send(sent, AddressOf(bob)));

        Inbox.Letter letter = Take(inbox);
        Assert.Equal(sent, letter.Bytes);
        Assert.Equal(AddressOf(alice), letter.From);
    }

    [Fact]
    public void Send_OneByteTooLong_IsLostHere()
    {
        IDatagramTransport alice = Open();
        Assert.False(alice.Send(new byte[IDatagramTransport.MaxDatagramLength + 1], AddressOf(alice)));
    }

    [Fact]
    public void Send_ToAnotherFamily_IsLostHere()
    {
        IDatagramTransport alice = Open();
        string other = AddressOf(alice).IsIPv4 ? "[::1]:9" : "127.0.0.1:9";
        Assert.False(alice.Send([1], PeerEndPoint.Parse(other)));
    }

    [Fact]
    public void Send_WhereNobodyListens_HarmsNothing()
    {
        (IDatagramTransport alice, Inbox inbox) = OpenStarted();
        IDatagramTransport gone = Open();
        PeerEndPoint nobody = AddressOf(gone);
        gone.Dispose();
        for (int i = 0; i < 10; i++)
        {
            alice.Send([1], nobody);
        }

        IDatagramTransport bob = Open();
        Assert.True(bob.Send([2], AddressOf(alice)));
        Assert.Equal([2], Take(inbox).Bytes);
    }

    [Fact]
    public void Send_ToOneself_Arrives()
    {
        (IDatagramTransport alice, Inbox inbox) = OpenStarted();
        Assert.True(alice.Send([7], AddressOf(alice)));
        Assert.Equal(AddressOf(alice), Take(inbox).From);
    }

    [Fact]
    public void Send_InsideTheHandler_Answers()
    {
        IDatagramTransport echo = Open();
        echo.Start((datagram, from) => echo.Send(datagram, from));
        (IDatagramTransport alice, Inbox inbox) = OpenStarted();
        for (byte i = 0; i < 100; i++)
        {
            Assert.True(alice.Send([i], AddressOf(echo)));
            Assert.Equal([i], Take(inbox).Bytes);
        }
    }

    [Fact]
    public void Send_FromManyThreads_EachDatagramGoesWhereItWasSent()
    {
        const int ThreadCount = 4;
        const int PerThread = 100;
        IDatagramTransport sender = Open();
        (IDatagramTransport Transport, Inbox Inbox)[] receivers = [.. Enumerable.Range(0, ThreadCount).Select(_ => OpenStarted())];

        Thread[] threads = [.. receivers.Select((receiver, number) => new Thread(() =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                sender.Send([(byte)number, (byte)i], AddressOf(receiver.Transport));
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        for (int number = 0; number < ThreadCount; number++)
        {
            for (int i = 0; i < PerThread; i++)
            {
                Assert.Equal([(byte)number, (byte)i], Take(receivers[number].Inbox).Bytes);
            }
        }
    }

    [Fact]
    public void Handler_ThatThrows_HearsTheNextDatagram()
    {
        using Inbox inbox = new();
        IDatagramTransport alice = Open();
        alice.Start((datagram, from) =>
        {
            if (datagram[0] == 0)
            {
                throw new TestException();
            }

            inbox.Receive(datagram, from);
        });
        alice.Send([0], AddressOf(alice));
        alice.Send([1], AddressOf(alice));
        Assert.Equal([1], Take(inbox).Bytes);
    }

    [Fact]
    public void Handler_ThatDisposesItsTransport_IsTheLastOne()
    {
        using Inbox inbox = new();
        IDatagramTransport alice = Open();
        IDatagramTransport bob = Open();
        alice.Start((datagram, from) =>
        {
            alice.Dispose();
            inbox.Receive(datagram, from);
        });
        bob.Send([1], AddressOf(alice));
        bob.Send([2], AddressOf(alice));
        Assert.Equal([1], Take(inbox).Bytes);
        Settle();
        Assert.Equal(0, inbox.Count);
    }

    [Fact]
    public void Start_Twice_IsRefused()
    {
        (IDatagramTransport alice, _) = OpenStarted();
        Assert.Throws<InvalidOperationException>(() => alice.Start((_, _) => { }));
    }

    [Fact]
    public void Start_WithoutHandler_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Open().Start(null!));
    }

    [Fact]
    public void Start_Disposed_IsRefused()
    {
        IDatagramTransport alice = Open();
        alice.Dispose();
        Assert.Throws<ObjectDisposedException>(() => alice.Start((_, _) => { }));
    }

    [Fact]
    public void Dispose_Twice_IsOnce()
    {
        IDatagramTransport bob = Open();
        (IDatagramTransport alice, _) = OpenStarted();
        alice.Dispose();
        alice.Dispose();
        Assert.False(alice.Send([1], AddressOf(bob)));
    }

    [Fact]
    public void Dispose_BeforeStart_Ends()
    {
        IDatagramTransport bob = Open();
        IDatagramTransport alice = Open();
        alice.Dispose();
        Assert.False(alice.Send([1], AddressOf(bob)));
    }

    [Fact]
    public void Dispose_ThenSend_IsLostHere()
    {
        IDatagramTransport bob = Open();
        (IDatagramTransport alice, _) = OpenStarted();
        alice.Dispose();
        Assert.False(alice.Send([1], AddressOf(bob)));
    }

    [Fact]
    public void Dispose_WhileDatagramsPourIn_PushesNoneAfterwards()
    {
        int disposed = 0;
        int late = 0;
        bool pouring = true;
        IDatagramTransport bob = Open();
        IDatagramTransport alice = Open();
        using ManualResetEventSlim heard = new();
        alice.Start((_, _) =>
        {
            late += Volatile.Read(ref disposed);
            heard.Set();
        });
        Thread pourer = new(() =>
        {
            while (Volatile.Read(ref pouring))
            {
                bob.Send([1], AddressOf(alice));
                Deliver();
            }
        });
        pourer.Start();
        Assert.True(heard.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        alice.Dispose();
        Volatile.Write(ref disposed, 1);

        Settle();
        Volatile.Write(ref pouring, false);
        pourer.Join();
        Assert.Equal(0, late);
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>A new transport on an endpoint of its own.</summary>
    protected abstract IDatagramTransport Create();

    /// <summary>Carries what is under way, where that does not happen by itself.</summary>
    protected virtual void Deliver()
    {
    }

    private static PeerEndPoint AddressOf(IDatagramTransport transport) => transport.LocalEndPoints[0];

    private IDatagramTransport Open()
    {
        IDatagramTransport transport = Create();
        _owned.Add(transport);
        return transport;
    }

    private (IDatagramTransport Transport, Inbox Inbox) OpenStarted()
    {
        IDatagramTransport transport = Open();
        Inbox inbox = new();
        _owned.Add(inbox);
        transport.Start(inbox.Receive);
        return (transport, inbox);
    }

    private Inbox.Letter Take(Inbox inbox)
    {
        Deliver();
        return inbox.Take();
    }

    /// <summary>Waits until datagrams sent before have arrived, as far as others' arriving can show it.</summary>
    private void Settle()
    {
        (IDatagramTransport alice, Inbox inbox) = OpenStarted();
        for (int i = 0; i < 100; i++)
        {
            alice.Send([1], AddressOf(alice));
            Take(inbox);
        }
    }
}
