using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Simulation.Tests.Scenarios;

/// <summary>Holds every reply of a node against the request that caused it. Fires for each reply to a request without a valid token.</summary>
internal sealed class ReflectionAudit(VirtualNetwork network) : LinkRule
{
    private readonly Dictionary<(ulong Transaction, PeerEndPoint Asker, PeerEndPoint Asked), Request> _requests = [];

    /// <summary>What a dial answers: a probe from somewhere else, which is as short as a request can be.</summary>
    private static readonly Request ForDial = new(Codec.MinRequestLength, default, default);

    /// <summary>Replies longer than their requests.</summary>
    public List<string> TooLong { get; } = [];

    protected override bool Apply(Flight flight, Random random)
    {
        if (Actor.Codec.TryReadEnvelope(flight.Bytes, out Envelope envelope, out _) != DecodeOutcome.Ok)
        {
            return false;
        }

        if (!envelope.IsReply)
        {
            OnRequest(envelope, flight);
            return false;
        }

        KademliaNode? asked = network.Nodes.FirstOrDefault(n => n.LocalEndPoints[0] == flight.Source);
        return asked is not null && IsUnproven(asked, envelope, flight);
    }

    /// <summary>Of one that is sent again, the longest counts, and the newest token.</summary>
    private void OnRequest(in Envelope envelope, Flight flight)
    {
        (ulong, PeerEndPoint, PeerEndPoint) key = (envelope.Transaction, flight.Source, flight.Destination);
        int before = _requests.GetValueOrDefault(key).Length;
        _requests[key] = new Request(Math.Max(before, flight.Length), envelope.Sender, envelope.Token);
    }

    private bool IsUnproven(KademliaNode asked, in Envelope reply, Flight flight)
    {
        bool wasAsked = _requests.TryGetValue((reply.Transaction, flight.Destination, flight.Source), out Request request);
        request = wasAsked ? request : ForDial;
        if (asked.Core.Tokens.IsValid(request.Token, flight.Destination, request.Sender, asked.Core.Now))
        {
            return false;
        }

        if (flight.Length > request.Length)
        {
            TooLong.Add($"{flight.Length} bytes of {reply.Kind} for {request.Length}");
        }

        return true;
    }

    private readonly record struct Request(int Length, NodeId Sender, AddressToken Token);
}
