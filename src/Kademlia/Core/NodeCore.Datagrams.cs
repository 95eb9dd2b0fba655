using Kademlia.Admission;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <content>How datagrams come and go.</content>
internal sealed partial class NodeCore
{
    internal Envelope MakeEnvelope(PeerEndPoint to, MessageKind kind, ulong transaction, AddressToken token, PeerEndPoint observed) => new(
        kind, transaction, Id, FlagsTo(to), token, observed);

    /// <summary>What sealing adds to every message.</summary>
    internal int SealLength => _sealer is null ? 0 : Sealer.Overhead;

    internal void SendDatagram(ReadOnlySpan<byte> plain, PeerEndPoint destination, Purpose purpose)
    {
        ReadOnlySpan<byte> datagram = _sealer is null ? plain : _sealed.AsSpan(0, _sealer.Seal(plain, _sealed));
        Counters.Send(purpose, datagram.Length);
        if (!_host.Send(datagram, destination))
        {
            Counters.SendFailures++;
        }
    }

    private SenderFlags FlagsTo(PeerEndPoint to) =>
        (IsLeaving ? SenderFlags.Leaving : SenderFlags.None)
        | (OverlayOf(to) is { Serves: false } ? SenderFlags.Client : SenderFlags.None);

    private bool TryOpen(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> plain)
    {
        plain = datagram;
        if (_sealer is null)
        {
            return true;
        }

        bool opened = _sealer.TryOpen(datagram, _opened, out int length) == SealOutcome.Ok;
        plain = _opened.AsSpan(0, opened ? length : 0);
        if (!opened)
        {
            Counters.Drop(DropReason.Unsealed);
        }

        return opened;
    }

    private void Accept(ReadOnlySpan<byte> plain, PeerEndPoint from)
    {
        DecodeOutcome outcome = Codec.TryReadEnvelope(plain, out Envelope envelope, out ReadOnlySpan<byte> body);
        if (outcome != DecodeOutcome.Ok)
        {
            Counters.Drop(ReasonOf(outcome));
        }
        else if (from.Scope == AddressScope.Unusable)
        {
            Counters.Drop(DropReason.UnusableSource);
        }
        else if (envelope.Sender == Id)
        {
            Counters.Drop(DropReason.OwnId);
        }
        else if (envelope.IsReply)
        {
            Requests.OnReply(envelope, body, from);
        }
        else
        {
            Answers.OnRequest(envelope, body, plain.Length, from);
        }
    }

    private static DropReason ReasonOf(DecodeOutcome outcome) => outcome switch
    {
        DecodeOutcome.OtherVersion => DropReason.OtherVersion,
        DecodeOutcome.OtherNetwork => DropReason.OtherNetwork,
        DecodeOutcome.OtherKind => DropReason.UnknownKind,
        _ => DropReason.Malformed,
    };
}
