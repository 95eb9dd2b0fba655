using System.Text;
using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>Messages of the application, which its handlers answer outside the lock.</summary>
/// <remarks>A repeated request, whose answer is still being made or was lost, does not reach the handler twice.</remarks>
internal sealed class Talking(NodeCore core)
{
    /// <summary>So many messages are being answered at once; further senders are told to come later.</summary>
    public const int MaxUnderWay = 256;

    /// <summary>So many of them for one address group, where groups are limited: one network's slow questions leave room for others'.</summary>
    public const int MaxUnderWayPerGroup = 32;

    /// <summary>So many answers are kept for repeated requests: at most some 1.2 kB each.</summary>
    public const int MaxAnswers = 64;

    private readonly Dictionary<(PeerEndPoint From, ulong Transaction), TalkEffect?> _answers = [];
    private readonly Queue<(PeerEndPoint From, ulong Transaction)> _byAge = new();
    private readonly Dictionary<AddressGroup, int> _underWayOf = [];
    private int _underWay;

    /// <summary>A message came, with a valid token.</summary>
    public bool OnTalk(in IncomingRequest request, in TalkRequest talk)
    {
        if (_answers.TryGetValue((request.From, request.Envelope.Transaction), out TalkEffect? answer))
        {
            if (answer is not null)
            {
                core.Answers.ReplyTalk(request, answer.Status, answer.Answer.Span);
            }
        }
        else if (_underWay >= MaxUnderWay || IsGroupBusy(request.From))
        {
            core.Answers.ReplyTalk(request, TalkStatus.Busy, default);
        }
        else
        {
            Contact from = new(request.Envelope.Sender, request.From);
            core.RunDetached(AnswerAsync(request, new TalkEffect(from, Encoding.UTF8.GetString(talk.Protocol), talk.Payload.ToArray())));
        }

        return true;
    }

    /// <summary>Sends a message and waits for its answer; null when none came.</summary>
    public async CoreTask<TalkAnswer?> TalkAsync(Contact contact, string protocol, byte[] payload, CancelScope scope) =>
        await new TalkOut(core, contact, Encoding.UTF8.GetBytes(protocol), payload, scope) { Patience = core.Options.RequestTimeout }.Send();

    private async CoreTask AnswerAsync(IncomingRequest request, TalkEffect effect)
    {
        (PeerEndPoint From, ulong Transaction) key = (request.From, request.Envelope.Transaction);
        _answers.Add(key, null);
        Count(request.From, 1);
        await core.Perform(effect);
        Count(request.From, -1);
        Keep(key, effect);
        core.Answers.ReplyTalk(request, effect.Status, effect.Answer.Span);
    }

    private bool IsGroupBusy(PeerEndPoint from) =>
        AddressGroup.IsLimited(from, core.Options.LimitLocalAddressGroups)
        && _underWayOf.GetValueOrDefault(AddressGroup.Of(from)) >= MaxUnderWayPerGroup;

    private void Count(PeerEndPoint from, int change)
    {
        AddressGroup group = AddressGroup.Of(from);
        int count = _underWayOf.GetValueOrDefault(group) + change;
        _underWay += change;
        _underWayOf[group] = count;
        if (count == 0)
        {
            _underWayOf.Remove(group);
        }
    }

    private void Keep((PeerEndPoint From, ulong Transaction) key, TalkEffect effect)
    {
        _answers[key] = effect;
        _byAge.Enqueue(key);
        if (_byAge.Count > MaxAnswers)
        {
            _answers.Remove(_byAge.Dequeue());
        }
    }
}
