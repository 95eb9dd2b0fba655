namespace Kademlia.Simulation;

/// <summary>Puts machines behind a translator: they appear under its address with other ports, and only those whom they wrote to reach them.</summary>
/// <remarks>
/// The mapping is endpoint-independent and the filter address-dependent (RFC 4787, sections 4.1 and 5), the usual home router.
/// Mappings do not expire here, but who was not written to for <see cref="FilterTime"/> is let in no more.
/// </remarks>
public sealed class Nat : LinkRule
{
    private const int FirstPort = 20_000;

    private readonly PeerEndPoint _outside;
    private readonly HashSet<PeerEndPoint> _inside;
    private readonly Dictionary<PeerEndPoint, PeerEndPoint> _out = [];
    private readonly Dictionary<PeerEndPoint, PeerEndPoint> _in = [];
    private readonly Dictionary<(PeerEndPoint Inside, PeerEndPoint Outside), TimeSpan> _spokenAt = [];

    /// <summary>Makes a translator.</summary>
    /// <param name="outside">Its public address; the port does not matter.</param>
    /// <param name="machines">Who is behind it.</param>
    public Nat(PeerEndPoint outside, IEnumerable<VirtualMachine> machines)
    {
        _outside = outside;
        _inside = [.. machines.SelectMany(m => m.EndPoints).Where(e => e.IsIPv4 == outside.IsIPv4)];
    }

    /// <summary>How long somebody is let in after it was written to.</summary>
    /// <value>The default is two minutes, the least of RFC 4787, section 4.3.</value>
    public TimeSpan FilterTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override bool Apply(Flight flight, Random random)
    {
        ArgumentNullException.ThrowIfNull(flight);
        bool arrives = Translate(flight);
        bool leaves = _inside.Contains(flight.Source) && !_inside.Contains(flight.Destination);
        if (leaves)
        {
            _spokenAt[(flight.Source, AddressOf(flight.Destination))] = flight.SentAt;
            flight.Source = MappingOf(flight.Source);
        }

        return arrives || leaves;
    }

    private bool Translate(Flight flight)
    {
        if (_in.TryGetValue(flight.Destination, out PeerEndPoint inside))
        {
            flight.IsLost |= !_spokenAt.TryGetValue((inside, AddressOf(flight.Source)), out TimeSpan spokenAt)
                || flight.SentAt - spokenAt > FilterTime;
            flight.Destination = inside;
            return true;
        }

        bool direct = _inside.Contains(flight.Destination) && !_inside.Contains(flight.Source);
        flight.IsLost |= direct;
        return direct;
    }

    private PeerEndPoint MappingOf(PeerEndPoint inside)
    {
        if (!_out.TryGetValue(inside, out PeerEndPoint mapped))
        {
            mapped = new PeerEndPoint(_outside.Address, FirstPort + _out.Count);
            _out.Add(inside, mapped);
            _in.Add(mapped, inside);
        }

        return mapped;
    }

    private static PeerEndPoint AddressOf(PeerEndPoint endPoint) => new(endPoint.Address, 0);
}
