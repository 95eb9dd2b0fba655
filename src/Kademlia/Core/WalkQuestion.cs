using Kademlia.Lookups;
using Kademlia.Messages;

namespace Kademlia.Core;

/// <summary>What a walk asks each contact, and what it makes of the answers.</summary>
internal abstract class WalkQuestion
{
    public abstract MessageKind Kind { get; }

    /// <summary>How long the first datagram to an unproven contact is made, so that its reply may be as long.</summary>
    public abstract int FirstContactLengthFor(WalkStep step);

    /// <summary>How often a contact is asked before it counts as failed.</summary>
    public abstract int Attempts { get; }

    /// <summary>Where the next request to a contact goes on; fixed for all attempts of that request.</summary>
    public virtual int CursorFor(Contact contact) => 0;

    /// <summary>Whether who answers first matters more than who is nearest: one answer may be enough.</summary>
    public virtual bool IsUrgent => false;

    /// <summary>A contact takes long, or is gone.</summary>
    public virtual void OnSlow()
    {
    }

    /// <summary>Whether to wait before asking anybody else: what was heard may be enough.</summary>
    public virtual bool IsWaiting => false;

    /// <summary>Who first gave what was asked for, where that is more than contacts: a walk that ends there has no closest to speak of.</summary>
    public virtual Contact? FirstHolder => null;

    public abstract int Write(Span<byte> destination, in Envelope envelope, int paddedLength, WalkStep step);

    /// <summary>Reads a reply; the contacts are valid until the next message is read.</summary>
    /// <param name="contact">Who replied.</param>
    /// <param name="wasProven">Whether the request carried a token, so that nothing was left out for want of one.</param>
    /// <param name="body">What it said.</param>
    /// <param name="contacts">Whom it named.</param>
    /// <param name="more">Whether it has more contacts than it could say.</param>
    /// <param name="again">Whether to go on asking this contact: it has more than it could say.</param>
    /// <returns>False when it cannot be read.</returns>
    public abstract bool TryRead(
        Contact contact, bool wasProven, ReadOnlySpan<byte> body, out ReadOnlySpan<Contact> contacts, out bool more, out bool again);
}

/// <summary>Whom a walk asks, and how far it is.</summary>
/// <param name="Contact">Who is asked.</param>
/// <param name="Lookup">What is known by now.</param>
/// <param name="Cursor">Where the request goes on, with all its attempts.</param>
internal readonly record struct WalkStep(Contact Contact, Lookup Lookup, int Cursor);
