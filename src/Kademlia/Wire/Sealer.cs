using System.Buffers.Binary;
using System.Security.Cryptography;
using Kademlia.Admission;

namespace Kademlia.Wire;

/// <summary>Seals and opens the datagrams of a private network. The specification is section 8 of PROTOCOL.md.</summary>
/// <remarks>
/// <code>
/// check 3 | boot id 8 | counter 5 | ciphertext | tag 16
/// </code>
/// The check, a SipHash of all that follows it, costs 50 ns where deriving a subkey and failing to decrypt costs 27 µs and an
/// exception: junk is refused by it. A sender is remembered only once a datagram of its was decrypted,
/// so junk enters nothing; when the places are used up, the sender that was least recently heard gives way, and repeats do not count as heard.
/// The caller owns the buffers; a sender that is new is all that is allocated.
/// </remarks>
internal sealed class Sealer : IDisposable
{
    /// <summary>The length of a network key.</summary>
    public const int KeyLength = 32;

    /// <summary>How much longer a datagram is than its message.</summary>
    public const int Overhead = CheckLength + HeaderLength + TagLength;

    /// <summary>How many senders are remembered, with their subkeys and replay windows: 2 MiB of windows in all.</summary>
    public const int MaxSenders = 2048;

    private const int CheckLength = 3;
    private const int BootIdLength = 8;
    private const int CounterLength = 5;
    private const int HeaderLength = BootIdLength + CounterLength;
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int CheckKeyLength = 16;
    private const long MaxCounter = (1L << (8 * CounterLength)) - 1;

    private readonly byte[] _networkKey;
    private readonly byte[] _network = new byte[sizeof(ulong)];
    private readonly ulong _bootId;
    private readonly ulong _checkKey0;
    private readonly ulong _checkKey1;
    private readonly AesGcm _ownCipher;
    private readonly Dictionary<ulong, LinkedListNode<Sender>> _senders = [];
    private readonly LinkedList<Sender> _byLastHeard = new();
    private long _counter;

    /// <summary>Makes the sealer of one node for one run.</summary>
    /// <param name="networkKey">The 32 bytes that all members share.</param>
    /// <param name="network">The network's hash: see <see cref="NetworkTag"/>.</param>
    /// <param name="bootId">Drawn at random for this run, from a cryptographic generator: under one key, never used again.</param>
    public Sealer(ReadOnlySpan<byte> networkKey, ulong network, ulong bootId)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(networkKey.Length, KeyLength);
        _networkKey = networkKey.ToArray();
        _bootId = bootId;
        BinaryPrimitives.WriteUInt64BigEndian(_network, network);
        Span<byte> checkKey = stackalloc byte[CheckKeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _networkKey, checkKey, _network, "kademlia check"u8);
        _checkKey0 = BinaryPrimitives.ReadUInt64LittleEndian(checkKey);
        _checkKey1 = BinaryPrimitives.ReadUInt64LittleEndian(checkKey[sizeof(ulong)..]);
        _ownCipher = DeriveCipher(bootId);
    }

    /// <summary>Seals a message into <paramref name="destination"/>.</summary>
    /// <returns>The length of the datagram; 0 when it does not fit, or when this boot id is used up, after 2^40 datagrams.</returns>
    public int Seal(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        int length = plain.Length + Overhead;
        if (length > destination.Length || _counter > MaxCounter)
        {
            return 0;
        }

        Span<byte> datagram = destination[..length];
        Span<byte> header = datagram.Slice(CheckLength, HeaderLength);
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteCounter(_counter++, nonce);
        BinaryPrimitives.WriteUInt64BigEndian(header, _bootId);
        nonce[^CounterLength..].CopyTo(header[BootIdLength..]);
        Span<byte> ciphertext = datagram[(CheckLength + HeaderLength)..^TagLength];
        _ownCipher.Encrypt(nonce, plain, ciphertext, datagram[^TagLength..], header);
        WriteCheck(datagram[CheckLength..], datagram);
        return length;
    }

    /// <summary>Opens a datagram into <paramref name="plain"/>, which must be long enough for its message.</summary>
    public SealOutcome TryOpen(ReadOnlySpan<byte> datagram, Span<byte> plain, out int length)
    {
        length = 0;
        int plainLength = datagram.Length - Overhead;
        if (plainLength <= 0 || plainLength > plain.Length)
        {
            return SealOutcome.Malformed;
        }

        Span<byte> check = stackalloc byte[sizeof(ulong)];
        WriteCheck(datagram[CheckLength..], check);
        if (!datagram[..CheckLength].SequenceEqual(check[..CheckLength]))
        {
            return SealOutcome.Junk;
        }

        SealOutcome outcome = Decrypt(datagram, plain[..plainLength]);
        length = outcome == SealOutcome.Ok ? plainLength : 0;
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ownCipher.Dispose();
        foreach (Sender sender in _byLastHeard)
        {
            sender.Cipher.Dispose();
        }

        CryptographicOperations.ZeroMemory(_networkKey);
    }

    private static void WriteCounter(long counter, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[^sizeof(long)..], counter);
    }

    private SealOutcome Decrypt(ReadOnlySpan<byte> datagram, Span<byte> plain)
    {
        ReadOnlySpan<byte> header = datagram.Slice(CheckLength, HeaderLength);
        Span<byte> nonce = stackalloc byte[NonceLength];
        nonce.Clear();
        header[BootIdLength..].CopyTo(nonce[^CounterLength..]);
        ulong bootId = BinaryPrimitives.ReadUInt64BigEndian(header);
        long counter = BinaryPrimitives.ReadInt64BigEndian(nonce[^sizeof(long)..]);
        bool isKnown = _senders.TryGetValue(bootId, out LinkedListNode<Sender>? node);
        if (bootId == _bootId || (isKnown && !node!.Value.Window.IsFresh(counter)))
        {
            return SealOutcome.Replayed;
        }

        node ??= new LinkedListNode<Sender>(new Sender(bootId, DeriveCipher(bootId), new ReplayWindow()));
        try
        {
            ReadOnlySpan<byte> ciphertext = datagram[(CheckLength + HeaderLength)..^TagLength];
            node.Value.Cipher.Decrypt(nonce, ciphertext, datagram[^TagLength..], plain, header);
        }
        catch (AuthenticationTagMismatchException)
        {
            DisposeUnlessKnown(node);
            return SealOutcome.Forged;
        }

        node.Value.Window.Mark(counter);
        Remember(node);
        return SealOutcome.Ok;
    }

    private static void DisposeUnlessKnown(LinkedListNode<Sender> node)
    {
        if (node.List is null)
        {
            node.Value.Cipher.Dispose();
        }
    }

    /// <summary>Puts a sender that was just heard last in the order of giving way.</summary>
    private void Remember(LinkedListNode<Sender> node)
    {
        if (node.List is not null)
        {
            _byLastHeard.Remove(node);
        }
        else
        {
            _senders.Add(node.Value.BootId, node);
        }

        _byLastHeard.AddLast(node);
        if (_senders.Count > MaxSenders)
        {
            Sender silent = _byLastHeard.First!.Value;
            _byLastHeard.RemoveFirst();
            _senders.Remove(silent.BootId);
            silent.Cipher.Dispose();
        }
    }

    private void WriteCheck(ReadOnlySpan<byte> rest, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(hash, SipHash.Hash(_checkKey0, _checkKey1, rest));
        hash[..CheckLength].CopyTo(destination);
    }

    private AesGcm DeriveCipher(ulong bootId)
    {
        const int SubkeyLength = 32;
        Span<byte> info = stackalloc byte["kademlia seal"u8.Length + BootIdLength];
        Span<byte> subkey = stackalloc byte[SubkeyLength];
        "kademlia seal"u8.CopyTo(info);
        BinaryPrimitives.WriteUInt64BigEndian(info[^BootIdLength..], bootId);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _networkKey, subkey, _network, info);
        AesGcm cipher = new(subkey, TagLength);
        CryptographicOperations.ZeroMemory(subkey);
        return cipher;
    }

    /// <summary>One run of one node, as heard by us.</summary>
    private sealed record Sender(ulong BootId, AesGcm Cipher, ReplayWindow Window);
}
