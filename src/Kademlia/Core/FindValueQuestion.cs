using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>What is stored under the key? Gives the records to a collector and asks for those that did not fit.</summary>
/// <remarks>
/// <para>A large open key is read in pages, from each holder beginning at a place of its own: each goes on until it says what three
/// others have said already, so that together they tell every writer, and no more than is needed when some lack a few.</para>
/// <para>A first reply without records may only have been cut for want of a token; any later page that brings nothing new ends the
/// paging, whatever the holder says that it holds.</para>
/// <para>Who holds content or an owner record and gives none to an asker with a token holds a large one, which is fetched over a stream.</para>
/// </remarks>
internal sealed class FindValueQuestion(NodeCore core, RecordCollector collector) : WalkQuestion
{
    /// <summary>Room for a record of some 250 bytes and a contact or two in the first reply.</summary>
    private const int FirstReplyLength = 450;

    /// <summary>How often one holder is asked for an open key: as many records as it keeps, when one fills a page.</summary>
    public const int MaxPages = 256;

    /// <summary>A start below this stays below the wire's bound of 2^31 over all pages.</summary>
    private const int MaxStart = 1 << 30;

    private readonly Dictionary<PeerEndPoint, Page> _pages = [];
    private readonly List<(Contact Contact, long Sequence)> _holders = [];
    private Contact? _firstHolder;
    private bool _isWide;

    public override MessageKind Kind => MessageKind.FindValue;

    public override int FirstContactLengthFor(WalkStep step) =>
        _isWide ? FindNodeQuestion.LengthOfReply(Codec.MaxContactsWithRecords, step.Contact) : FirstReplyLength;

    public override Contact? FirstHolder => _firstHolder;

    /// <summary>The closest that answered that it holds nothing; null when there is none.</summary>
    public Contact? ClosestWithout { get; private set; }

    public override bool IsWaiting => collector.IsPromising;

    public override bool IsUrgent => true;

    public override int Attempts => core.Options.LookupAttempts;

    /// <summary>Those that say that they hold something, of which the greatest sequence is less, the closest first.</summary>
    public IEnumerable<Contact> HoldersOfLess(long sequence) => _holders
        .Where(h => h.Sequence < sequence)
        .Select(h => h.Contact)
        .Distinct()
        .OrderBy(c => c.Id ^ collector.Key.Hash);

    /// <summary>Where one does not answer in time others may be dead, too, of those that a reply names: from now on more are asked for.</summary>
    public override void OnSlow() => _isWide = true;

    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength, WalkStep step) =>
        core.Codec.Write(destination, envelope, new FindValueRequest(collector.Key, step.Cursor, _isWide), paddedLength);

    public override bool TryRead(
        Contact contact, bool wasProven, ReadOnlySpan<byte> body, out ReadOnlySpan<Contact> contacts, out bool more, out bool again)
    {
        bool valid = Codec.TryRead(body, core.Scratch, out FindValueReply reply);
        contacts = reply.Contacts;
        more = false;
        again = false;
        if (!valid)
        {
            return false;
        }

        Note(contact, reply);
        if (reply.IsDisplaced)
        {
            collector.OnDisplaced(contact.Id);
        }

        bool isLarge = wasProven && reply.Held > 0 && reply.Records.Count == 0 && collector.Key.Kind != RecordKind.Open;
        _firstHolder ??= reply.Records.Count > 0 || isLarge ? contact : null;
        int slots = collector.Key.Kind == RecordKind.Open ? reply.Records.Count : Math.Min(reply.Records.Count, 1);
        bool isNews = false;
        for (int i = 0; i < slots; i++)
        {
            isNews |= collector.Offer(reply.Records[i], contact.Id);
        }

        Page page = PageOf(contact);
        page = page with { Received = page.Received + reply.Records.Count, Number = page.Number + 1 };
        _pages[contact.EndPoint] = page;
        int held = collector.Key.Kind == RecordKind.Open ? reply.Held : Math.Min(reply.Held, 1);
        bool wasCut = page.Number == 1 && reply.Records.Count == 0 && !isLarge;
        again = (isNews || wasCut) && page.Received < held && page.Number < MaxPages && !collector.IsSatisfied;
        more = reply.More && !again;
        if (isLarge)
        {
            collector.OnLarge(contact, reply.NewestSequence);
        }

        return true;
    }

    /// <summary>Pages of an open key begin at random, so that no writer is always the first; others have one record.</summary>
    public override int CursorFor(Contact contact) =>
        collector.Key.Kind == RecordKind.Open ? PageOf(contact).Start + PageOf(contact).Received : 0;

    private void Note(Contact contact, in FindValueReply reply)
    {
        NodeId target = collector.Key.Hash;
        if (reply.Held > 0)
        {
            _holders.Add((contact, reply.NewestSequence));
        }
        else if (ClosestWithout is not Contact closest || (contact.Id ^ target) < (closest.Id ^ target))
        {
            ClosestWithout = contact;
        }
    }

    private Page PageOf(Contact contact)
    {
        if (!_pages.TryGetValue(contact.EndPoint, out Page page))
        {
            page = new Page(core.Random.Next(MaxStart), 0, 0);
            _pages.Add(contact.EndPoint, page);
        }

        return page;
    }

    private readonly record struct Page(int Start, int Received, int Number);
}
