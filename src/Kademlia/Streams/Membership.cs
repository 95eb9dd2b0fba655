using Kademlia.Wire;

namespace Kademlia.Streams;

/// <summary>Exchanges the sealed hellos of a private network; in an open one there are none.</summary>
internal sealed class Membership : IDisposable
{
    private const int DatagramLength = SealedHello.Length + Sealer.Overhead;

    private readonly Lock _gate = new();
    private readonly NodeId _self;
    private readonly Random _random;
    private readonly Sealer? _sealer;

    public Membership(NodeId self, ulong network, ReadOnlyMemory<byte> networkKey, Random random)
    {
        _self = self;
        _random = random;
        _sealer = networkKey.IsEmpty ? null : new Sealer(networkKey.Span, network, (ulong)random.NextInt64(long.MinValue, long.MaxValue));
    }

    /// <summary>Says who we are and hears that the one we want is a member.</summary>
    /// <returns>The nonce that the preface repeats; 0 in an open network.</returns>
    public async Task<UInt128> DialAsync(Stream connection, NodeId wanted, CancellationToken cancellationToken)
    {
        if (_sealer is null)
        {
            return default;
        }

        UInt128 nonce = NextNonce();
        await SayAsync(connection, new SealedHello(SealedHello.Dialer, _self, wanted, nonce), cancellationToken).ConfigureAwait(false);
        SealedHello answer = await HearAsync(connection, cancellationToken).ConfigureAwait(false);
        ThrowUnless(answer == new SealedHello(SealedHello.Listener, wanted, _self, nonce));
        return nonce;
    }

    /// <summary>Hears who is there before a byte is said.</summary>
    /// <returns>The dialer's hello, whose sender alone may be proven on this connection; null in an open network.</returns>
    public async Task<SealedHello?> AcceptAsync(Stream connection, CancellationToken cancellationToken)
    {
        if (_sealer is null)
        {
            return null;
        }

        SealedHello hello = await HearAsync(connection, cancellationToken).ConfigureAwait(false);
        ThrowUnless(hello.Role == SealedHello.Dialer && hello.Receiver == _self);
        await SayAsync(connection, new SealedHello(SealedHello.Listener, _self, hello.Sender, hello.Nonce), cancellationToken).ConfigureAwait(false);
        return hello;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _sealer?.Dispose();
        }
    }

    private async Task SayAsync(Stream connection, SealedHello hello, CancellationToken cancellationToken)
    {
        byte[] datagram = new byte[DatagramLength];
        byte[] plain = new byte[SealedHello.Length];
        hello.WriteTo(plain);
        lock (_gate)
        {
            _sealer!.Seal(plain, datagram);
        }

        await connection.WriteAsync(datagram, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SealedHello> HearAsync(Stream connection, CancellationToken cancellationToken)
    {
        byte[] datagram = new byte[DatagramLength];
        byte[] plain = new byte[SealedHello.Length];
        await connection.ReadExactlyAsync(datagram, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            ThrowUnless(_sealer!.TryOpen(datagram, plain, out _) == SealOutcome.Ok);
        }

        ThrowUnless(SealedHello.TryRead(plain, out SealedHello hello));
        return hello;
    }

    private UInt128 NextNonce()
    {
        lock (_gate)
        {
            return new UInt128((ulong)_random.NextInt64(long.MinValue, long.MaxValue), (ulong)_random.NextInt64(long.MinValue, long.MaxValue));
        }
    }

    private static void ThrowUnless(bool isMember)
    {
        if (!isMember)
        {
            throw new IOException("Whoever is there does not have this network's key.");
        }
    }
}
