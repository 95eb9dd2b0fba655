using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Helps others to learn whether strangers reach them: has them dialled, and dials.</summary>
/// <remarks>
/// We cannot dial whoever asked us, for it has sent to us; so one of our neighbours does, in whose table we likely stand. What is dialled is hearsay
/// to the one who dials: it gets one datagram, shorter than any request, on the budget of its address group.
/// </remarks>
internal sealed class DialBack(NodeCore core)
{
    /// <summary>So many are being had dialled at once, of each address group one; others are told that they were not.</summary>
    public const int MaxUnderWay = 16;

    /// <summary>So many are dialled while dialling one counts as having sent to it (<see cref="Reachability.SentTime"/>).</summary>
    public const int MaxDialled = 256;

    private readonly HashSet<PeerEndPoint> _underWay = [];
    private readonly Queue<(PeerEndPoint EndPoint, TimeSpan At)> _dialled = new();
    private readonly byte[] _dial = new byte[Codec.MinRequestLength];

    /// <summary>A probe came, with a valid token.</summary>
    public bool OnProbe(in IncomingRequest request, in ProbeRequest probe)
    {
        if (probe.Asker != default)
        {
            core.Answers.ReplyProbe(request, TryDial(request, probe));
        }
        else if (!_underWay.Contains(request.From))
        {
            HaveDialled(request, probe.Nonce);
        }

        return true;
    }

    /// <summary>Whether we dialled an address since then: that lets it reach us through a translator, as any datagram to it.</summary>
    public bool HasDialled(PeerEndPoint address, TimeSpan since) => _dialled.Any(d => d.At >= since && d.EndPoint.SharesAddressWith(address));

    private void HaveDialled(in IncomingRequest request, ulong nonce)
    {
        Contact dialler = IsBusy(request.From) ? default : Choose(request.From);
        if (dialler == default)
        {
            core.Answers.ReplyProbe(request, dialled: false);
            return;
        }

        _underWay.Add(request.From);
        core.RunDetached(HaveDialledAsync(request, nonce, dialler));
    }

    private async CoreTask HaveDialledAsync(IncomingRequest request, ulong nonce, Contact dialler)
    {
        CancelScope scope = core.LifetimeFor(Purpose.Answers);
        bool dialled = await new ProbeOut(core, dialler, new ProbeRequest(nonce, request.From), scope) { MaxAttempts = 1 }.Send();
        _underWay.Remove(request.From);
        core.Answers.ReplyProbe(request, dialled);
    }

    private bool IsBusy(PeerEndPoint asker) =>
        _underWay.Count >= MaxUnderWay || _underWay.Any(e => AddressGroup.Of(e) == AddressGroup.Of(asker));

    /// <summary>A neighbour drawn at random, of another address group than the asker; the default value when there is none.</summary>
    private Contact Choose(PeerEndPoint asker)
    {
        if (asker.Scope != AddressScope.Global || core.OverlayOf(asker) is not Overlay overlay)
        {
            return default;
        }

        Contact[] closest = new Contact[core.Options.BucketSize];
        int count = overlay.Table.FindClosest(core.Id, closest);
        Contact[] others = [.. closest.Take(count).Where(c =>
            c.EndPoint.Scope == AddressScope.Global && AddressGroup.Of(c.EndPoint) != AddressGroup.Of(asker))];
        return others.Length == 0 ? default : others[core.Random.Next(others.Length)];
    }

    private bool TryDial(in IncomingRequest request, in ProbeRequest probe)
    {
        bool isAllowed = core.IsProven(new Contact(request.Envelope.Sender, request.From))
            && probe.Asker.Scope == AddressScope.Global
            && probe.Asker.IsIPv4 == request.From.IsIPv4
            && AddressGroup.Of(probe.Asker) != AddressGroup.Of(request.From)
            && HasRoom()
            && core.Hearsay.TrySpend(probe.Asker, Codec.MinRequestLength + core.SealLength, corroborated: false, core.Now);
        if (isAllowed)
        {
            Envelope envelope = core.MakeEnvelope(probe.Asker, MessageKind.Probe | MessageKind.Reply, probe.Nonce, token: default, probe.Asker);
            int length = core.Codec.Write(_dial, envelope, new ProbeReply(Dialled: true));
            core.SendDatagram(_dial.AsSpan(0, length), probe.Asker, Purpose.Answers);
            _dialled.Enqueue((probe.Asker, core.Now));
        }

        return isAllowed;
    }

    private bool HasRoom()
    {
        while (_dialled.TryPeek(out (PeerEndPoint EndPoint, TimeSpan At) oldest) && core.Now - oldest.At > Reachability.SentTime)
        {
            _dialled.Dequeue();
        }

        return _dialled.Count < MaxDialled;
    }
}
