using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kademlia;

/// <summary>An IP address and a UDP port, as a value: comparing and hashing allocate nothing.</summary>
/// <remarks>
/// IPv4-mapped IPv6 addresses are IPv4 here, so that an address has one form. Scope ids are not kept:
/// a link-local IPv6 endpoint is reached through the socket that it was heard on.
/// The default value is <c>[::]:0</c>, which nobody can be reached at.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct PeerEndPoint : ISpanParsable<PeerEndPoint>
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000;
    private const int MaxTextLength = 64;

    private readonly ushort _port;

    /// <summary>Makes an endpoint of an address and a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is outside 0 to 65535.</exception>
    public PeerEndPoint(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        (High, Low) = length == 4
            ? (0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        _port = (ushort)port;
    }

    /// <summary>Makes an endpoint of the 4 or 16 bytes of an address, in network order, and a port.</summary>
    /// <exception cref="ArgumentException"><paramref name="address"/> is neither 4 nor 16 bytes long.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PeerEndPoint(ReadOnlySpan<byte> address, ushort port)
    {
        (High, Low) = address.Length switch
        {
            4 => (0UL, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address)),
            16 => (BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..])),
            _ => throw new ArgumentException($"An address has 4 or 16 bytes; this has {address.Length}.", nameof(address)),
        };
        _port = port;
    }

    /// <summary>The UDP port.</summary>
    public int Port => _port;

    /// <summary>Whether the address is IPv4.</summary>
    public bool IsIPv4 => High == 0 && Low >> 32 == MappedPrefix >> 32;

    /// <summary>The address family.</summary>
    public AddressFamily AddressFamily => IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    /// <summary>The address, as a new object.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            return new IPAddress(bytes[..WriteAddress(bytes)]);
        }
    }

    /// <summary>The upper 64 bits of the IPv6 address; 0 for IPv4.</summary>
    internal ulong High { get; }

    /// <summary>The lower 64 bits of the IPv6 address, or of the IPv4-mapped one.</summary>
    internal ulong Low { get; }

    /// <summary>The IPv4 address as a number; meaningful only for IPv4.</summary>
    internal uint IPv4 => (uint)Low;

    /// <summary>Converts from the framework's type.</summary>
    public static implicit operator PeerEndPoint(IPEndPoint endPoint) => FromIPEndPoint(endPoint);

    /// <summary>Converts from the framework's type.</summary>
    public static PeerEndPoint FromIPEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new PeerEndPoint(endPoint.Address, endPoint.Port);
    }

    /// <summary>Reads <c>192.0.2.1:7411</c> or <c>[2001:db8::1]:7411</c>.</summary>
    /// <exception cref="FormatException">The text is not an address and a port.</exception>
    public static PeerEndPoint Parse(string s) => Parse(s.AsSpan(), null);

    /// <inheritdoc cref="Parse(string)"/>
    public static PeerEndPoint Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out PeerEndPoint endPoint)
            ? endPoint
            : throw new FormatException($"An endpoint is written 192.0.2.1:7411 or [2001:db8::1]:7411; this is \"{s}\".");

    static PeerEndPoint IParsable<PeerEndPoint>.Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>Reads <c>192.0.2.1:7411</c> or <c>[2001:db8::1]:7411</c>; false when the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out PeerEndPoint result) => TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out PeerEndPoint)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PeerEndPoint result)
    {
        result = default;
        int colon = s.LastIndexOf(':');
        if (colon <= 0
            || s.Length > MaxTextLength
            || !TryParsePort(s[(colon + 1)..], out ushort port)
            || !TryParseHost(s[..colon], out IPAddress? address))
        {
            return false;
        }

        result = new PeerEndPoint(address, port);
        return true;
    }

    static bool IParsable<PeerEndPoint>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerEndPoint result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>The endpoint as the framework's type, as a new object.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    /// <summary>The endpoint in the form that <see cref="Parse(string)"/> reads.</summary>
    public override string ToString() => IsIPv4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";

    /// <summary>Whether the addresses are the same; ports are not compared.</summary>
    internal bool SharesAddressWith(PeerEndPoint other) => High == other.High && Low == other.Low;

    /// <summary>Writes the 4 or 16 bytes of the address in network order and returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        return 16;
    }

    /// <summary>Reads digits alone; the platform's parser would also take trailing null characters.</summary>
    private static bool TryParsePort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>Reads an address in its usual form; the platform's parser would also take 010.0.0.1 for 8.0.0.1, and a second pair of brackets.</summary>
    private static bool TryParseHost(ReadOnlySpan<char> host, [NotNullWhen(true)] out IPAddress? address)
    {
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        address = null;
        return bracketed
            ? host[1] != '['
                && IPAddress.TryParse(host[1..^1], out address)
                && address.AddressFamily == AddressFamily.InterNetworkV6
            : IPAddress.TryParse(host, out address)
                && address.AddressFamily == AddressFamily.InterNetwork
                && host.SequenceEqual(address.ToString());
    }
}
