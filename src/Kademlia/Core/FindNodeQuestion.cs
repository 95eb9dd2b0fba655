using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia.Core;

/// <summary>Who is closest to the target? A walk for the closest k, which a put needs.</summary>
internal sealed class FindNodeQuestion(NodeCore core, NodeId target, AddressFamilies want, int attempts) : WalkQuestion
{
    /// <summary>
    /// What k = 20 contacts need. Measured: re-asking instead, a walk takes 1.7 s where this takes 1.0 s, for the same bytes.
    /// </summary>
    public const int WholeReplyLength = 900;

    public override MessageKind Kind => MessageKind.FindNode;

    public override int FirstContactLength => WholeReplyLength;

    public override int Attempts => attempts;

    public override int Write(Span<byte> destination, in Envelope envelope, int paddedLength, int cursor) =>
        core.Codec.Write(destination, envelope, new FindNodeRequest(target, want), paddedLength);

    public override bool TryRead(
        Contact contact, bool wasProven, ReadOnlySpan<byte> body, out ReadOnlySpan<Contact> contacts, out bool more, out bool again)
    {
        bool valid = Codec.TryRead(body, core.Scratch, out FindNodeReply reply);
        contacts = reply.Contacts;
        more = reply.More;
        again = false;
        return valid;
    }
}
