using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>What is stored under the key? Gives the records to a collector and asks for those that did not fit.</summary>
/// <remarks>
/// A first reply without records may only have been cut for want of a token; any later page that brings none ends the paging,
/// whatever the holder says that it holds.
/// </remarks>
internal sealed class FindValueQuestion(NodeCore core, RecordCollector collector) : WalkQuestion
{
    /// <summary>Room for a record of some 250 bytes and a contact or two in the first reply.</summary>
    private const int FirstReplyLength = 450;

    /// <summary>After so many have not answered in time, more contacts are asked for: some of those that a reply names are dead.</summary>
    private const int SlowBeforeWide = 1;

    /// <summary>How often one holder is asked for the rest of an open key.</summary>
    private const int MaxPages = 16;

    /// <summary>A start below this stays below the wire's bound of 2^31 over all pages.</summary>
    private const int MaxStart = 1 << 30;

    private readonly Dictionary<PeerEndPoint, Page> _pages = [];
    private readonly int _start = core.Random.Next(MaxStart);
    private Contact? _firstHolder;
    private int _slow;

    public override MessageKind Kind => MessageKind.FindValue;

    public override int FirstContactLength => IsWide ? FindNodeQuestion.WholeReplyLength : FirstReplyLength;

    public override Contact? FirstHolder => _firstHolder;

    public override bool IsWaiting => collector.IsPromising;

    public override int Attempts => core.Options.LookupAttempts;

    private bool IsWide => _slow >= SlowBeforeWide;

    public override void OnSlow() => _slow++;

    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength, int cursor) =>
        core.Codec.Write(destination, envelope, new FindValueRequest(collector.Key, cursor, IsWide), paddedLength);

    public override bool TryRead(Contact contact, ReadOnlySpan<byte> body, out ReadOnlySpan<Contact> contacts, out bool more, out bool again)
    {
        bool valid = Codec.TryRead(body, core.Scratch, out FindValueReply reply);
        contacts = reply.Contacts;
        more = false;
        again = false;
        if (!valid)
        {
            return false;
        }

        _firstHolder ??= reply.Records.Count > 0 ? contact : null;
        int slots = collector.Key.Kind == RecordKind.Open ? reply.Records.Count : Math.Min(reply.Records.Count, 1);
        for (int i = 0; i < slots; i++)
        {
            collector.Offer(reply.Records[i], contact.Id);
        }

        Page page = _pages.GetValueOrDefault(contact.EndPoint);
        page = new Page(page.Received + reply.Records.Count, page.Number + 1);
        _pages[contact.EndPoint] = page;
        int held = collector.Key.Kind == RecordKind.Open ? reply.Held : Math.Min(reply.Held, 1);
        bool brings = reply.Records.Count > 0 || page.Number == 1;
        again = brings && page.Received < held && page.Number < MaxPages && !collector.IsSatisfied;
        more = reply.More && !again;
        return true;
    }

    /// <summary>Pages of an open key begin at random, so that no writer is always the first; others have one record.</summary>
    public override int CursorFor(Contact contact) =>
        collector.Key.Kind == RecordKind.Open ? _start + _pages.GetValueOrDefault(contact.EndPoint).Received : 0;

    private readonly record struct Page(int Received, int Number);
}
