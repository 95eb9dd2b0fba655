using Kademlia.Transport;

namespace Kademlia.Simulation.Running.Streams;

/// <summary>A machine's connections, for one run of its node.</summary>
internal sealed class VirtualStreamTransport(VirtualMachine machine, Internet internet) : IStreamTransport
{
    /// <summary>The first of the ports from which connections are made (RFC 6335, section 6).</summary>
    private const int FirstPort = 49_152;

    private readonly CancellationTokenSource _closing = new();
    private ConnectionHandler? _handler;
    private int _port = FirstPort;

    public IReadOnlyList<PeerEndPoint> LocalEndPoints => machine.EndPoints;

    /// <summary>Whether the machine lost its power: nobody is told that its connections are no more.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The clock of the machine.</summary>
    public VirtualClock Clock => machine.Clock;

    public void Start(ConnectionHandler handler)
    {
        _handler = handler;
        internet.Listen(machine.EndPoints, this);
    }

    public async ValueTask<Stream> ConnectAsync(PeerEndPoint destination, CancellationToken cancellationToken)
    {
        if (!machine.TryGetEndPoint(destination.IsIPv4, out PeerEndPoint self))
        {
            throw new IOException($"There is no way to {destination}.");
        }

        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, cancellationToken);
        TaskCompletionSource<Stream> made = new();
        using CancellationTokenRegistration registration = linked.Token.UnsafeRegister(
            _ => Clock.World.At(Clock.World.Now, () => made.TrySetCanceled(linked.Token)), null);
        internet.CarrySegment(self, destination, default, (from, to) => internet.ListenerAt(to)!.OnKnock(self, from, to, destination, this, made), () => { });
        long operation = Clock.World.BeginOperation($"Connecting from {machine} to {destination}");
        try
        {
            return await made.Task.ConfigureAwait(false);
        }
        finally
        {
            Clock.World.EndOperation(operation);
        }
    }

    public void TurnOff() => IsOff = true;

    public void Dispose()
    {
        _closing.Cancel();
        internet.Unlisten(machine.EndPoints, this);
    }

    /// <summary>Somebody wants to connect.</summary>
    /// <param name="dialler">Where the dialler is, by its own account.</param>
    /// <param name="from">Where it seems to be.</param>
    /// <param name="here">Which of our endpoints was reached.</param>
    /// <param name="dialled">What it dialled, which a translator may have changed.</param>
    /// <param name="other">The dialler's side.</param>
    /// <param name="made">Told when the connection is made.</param>
    private void OnKnock(
        PeerEndPoint dialler, PeerEndPoint from, PeerEndPoint here, PeerEndPoint dialled, VirtualStreamTransport other, TaskCompletionSource<Stream> made)
    {
        VirtualHalf there = new(Clock.World, internet, dialler, dialled);
        VirtualHalf back = new(Clock.World, internet, here, from);
        VirtualStream ours = new(there, back, this);
        VirtualStream theirs = new(back, there, other);
        internet.CarrySegment(here, from, default, (_, _) => made.TrySetResult(theirs), () => { });
        _port = _port == ushort.MaxValue ? FirstPort : _port + 1;
        _handler!(ours, new PeerEndPoint(from.Address, _port));
    }
}
