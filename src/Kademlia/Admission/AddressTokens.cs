using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kademlia.Admission;

/// <summary>Issues and checks the tokens that prove an address: whoever brings one back receives there.</summary>
/// <remarks>
/// A token is the SipHash-2-4 of the peer's address (4 or 16 bytes), port (2, big-endian) and id (32) under a secret
/// that is drawn anew every <see cref="RotationInterval"/>. Tokens of this secret and of the one before are valid, so a
/// token lives for one to two intervals. Tokens are compared as whole words, which takes the same time wherever they differ; which
/// secret matched is no secret, for it tells only the age of the token. Nothing is kept for each peer, so nobody can fill anything here.
/// </remarks>
internal sealed class AddressTokens
{
    /// <summary>How long one secret issues tokens.</summary>
    public static readonly TimeSpan RotationInterval = TimeSpan.FromHours(1);

    private const int MaxMessageLength = 16 + sizeof(ushort) + NodeId.ByteLength;

    private readonly Random _random;
    private Secret _current;
    private Secret _previous;
    private long _interval;

    /// <summary>Starts with a fresh secret.</summary>
    /// <param name="random">Where secrets are drawn from: a cryptographic generator, unless the world is simulated.</param>
    public AddressTokens(Random random)
    {
        _random = random;
        _current = Secret.Draw(random);
        _previous = Secret.Draw(random);
    }

    /// <summary>The token of a peer; never <see cref="AddressToken.None"/>.</summary>
    public AddressToken Issue(PeerEndPoint peer, NodeId peerId, TimeSpan now)
    {
        RotateTo(now);
        Span<byte> message = stackalloc byte[MaxMessageLength];
        return Sign(_current, message[..Write(message, peer, peerId)]);
    }

    /// <summary>Whether this peer was given the token, under this secret or the one before.</summary>
    public bool IsValid(AddressToken token, PeerEndPoint peer, NodeId peerId, TimeSpan now) =>
        IsValid(token, peer, peerId, now, out _);

    /// <summary>Whether this peer was given the token, and the token that it is given now: one hash answers both.</summary>
    [SkipLocalsInit]
    public bool IsValid(AddressToken token, PeerEndPoint peer, NodeId peerId, TimeSpan now, out AddressToken fresh)
    {
        RotateTo(now);
        Span<byte> message = stackalloc byte[MaxMessageLength];
        message = message[..Write(message, peer, peerId)];
        fresh = Sign(_current, message);
        return !token.IsNone && (token == fresh || token == Sign(_previous, message));
    }

    private void RotateTo(TimeSpan now)
    {
        long interval = now.Ticks / RotationInterval.Ticks;
        if (interval <= _interval)
        {
            return;
        }

        _previous = interval == _interval + 1 ? _current : Secret.Draw(_random);
        _current = Secret.Draw(_random);
        _interval = interval;
    }

    private static int Write(Span<byte> message, PeerEndPoint peer, NodeId peerId)
    {
        int length = peer.WriteAddress(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[length..], (ushort)peer.Port);
        length += sizeof(ushort);
        peerId.WriteTo(message[length..]);
        return length + NodeId.ByteLength;
    }

    // Zero means "no token" on the wire, so the one hash in 2^64 that is zero becomes one.
    private static AddressToken Sign(Secret secret, ReadOnlySpan<byte> message) =>
        new(Math.Max(1, SipHash.Hash(secret.Key0, secret.Key1, message)));

    private readonly record struct Secret(ulong Key0, ulong Key1)
    {
        public static Secret Draw(Random random)
        {
            Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
            random.NextBytes(bytes);
            return new Secret(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));
        }
    }
}
