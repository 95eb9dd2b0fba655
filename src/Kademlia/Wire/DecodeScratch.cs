using Kademlia.Records;

namespace Kademlia.Wire;

/// <summary>Where the lists of a decoded reply are laid out, so that decoding allocates nothing.</summary>
/// <remarks>The reply points into it: it is valid until the scratch is used for the next one.</remarks>
internal sealed class DecodeScratch
{
    public Contact[] Contacts { get; } = new Contact[Codec.MaxContacts];

    public RecordSlices[] Records { get; } = new RecordSlices[Codec.MaxRecords];
}
