using System.Runtime.CompilerServices;
using Kademlia.Wire;

namespace Kademlia;

/// <content>Announcing what this node provides, and finding who provides something.</content>
public sealed partial class KademliaNode
{
    /// <summary>Announces that this node provides what a name stands for, such as a file, a room or a service.</summary>
    /// <remarks>
    /// An announcement is this node's record under the open key of the name. It is kept alive while the node runs, like any put;
    /// announcing again replaces it, and <see cref="DeleteOpenAsync"/> withdraws it. It says where the node is now: announce again
    /// when that changes.
    /// </remarks>
    /// <param name="name">What is provided: at most 64 bytes of UTF-8.</param>
    /// <param name="endPoint">
    /// Where. Null for where this node is, in each address family: <see cref="KademliaOptions.PublicAddresses"/> if given, else as a
    /// majority of others sees it, else where it is bound.
    /// </param>
    /// <param name="options">How the record is put; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the announcement.</param>
    /// <returns>What each node said.</returns>
    /// <exception cref="ArgumentException">The name is too long, an option is wrong, or nobody can be at the endpoint.</exception>
    /// <exception cref="KademliaException">No endpoint was given, and the node does not know its own: it listens on every address and has met nobody.</exception>
    public Task<PutReceipt> AnnounceAsync(
        string name, PeerEndPoint? endPoint = null, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        AnnounceAsync(name, endPoint is PeerEndPoint given ? [given] : OwnEndPoints(), options, cancellationToken);

    /// <summary>Announces that this node provides what a name stands for at another port of its addresses, such as that of a web server beside it.</summary>
    /// <param name="name">What is provided: at most 64 bytes of UTF-8.</param>
    /// <param name="port">The port, of whatever protocol the application speaks there.</param>
    /// <param name="options">How the record is put; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up waiting; some nodes may hold the announcement.</param>
    /// <inheritdoc cref="AnnounceAsync(string, PeerEndPoint?, PutOptions?, CancellationToken)"/>
    public Task<PutReceipt> AnnounceAsync(
        string name, int port, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        PeerEndPoint[] endPoints = Array.ConvertAll(OwnEndPoints(), own => new PeerEndPoint(own.Address, port));
        return AnnounceAsync(name, endPoints, options, cancellationToken);
    }

    /// <summary>Finds the nodes that announced that they provide something, as they come; a newer announcement of the same node may follow.</summary>
    /// <remarks>Whatever else is stored under the name is passed over.</remarks>
    /// <param name="name">What is looked for: at most 64 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Gives the search up.</param>
    /// <exception cref="ArgumentException">The name is too long.</exception>
    public IAsyncEnumerable<Provider> FindProvidersAsync(string name, CancellationToken cancellationToken = default) =>
        FindProvidersAsync(RecordKey.ForName(name), cancellationToken);

    private async IAsyncEnumerable<Provider> FindProvidersAsync(
        RecordKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Record record in GetAllAsync(key, cancellationToken).ConfigureAwait(false))
        {
            if (AnnouncementFormat.TryRead(record.Value.Span, out PeerEndPoint[] endPoints))
            {
                yield return new Provider(record, Array.AsReadOnly(endPoints));
            }
        }
    }

    private Task<PutReceipt> AnnounceAsync(
        string name, PeerEndPoint[] endPoints, PutOptions? options, CancellationToken cancellationToken)
    {
        foreach (PeerEndPoint endPoint in endPoints)
        {
            if (endPoint.Scope == AddressScope.Unusable)
            {
                throw new ArgumentException($"Nobody can be reached at {endPoint}. Give an address of this node, and a port.", nameof(endPoints));
            }
        }

        return PutOpenAsync(name, AnnouncementFormat.Write(endPoints), options, cancellationToken);
    }

    private Task<RecordLease> PublishAnnouncementAsync(string name, CancellationToken cancellationToken) =>
        PublishOpenAsync(name, AnnouncementFormat.Write(OwnEndPoints()), options: null, cancellationToken);

    private PeerEndPoint[] OwnEndPoints()
    {
        PeerEndPoint[] own = _host.Read(core => core.Overlays.Select(core.OwnEndPoints.BestOf).Where(e => e != default).ToArray());
        return own.Length > 0
            ? own
            : throw new KademliaException(
                "This node does not know where others reach it: it listens on every address and has met nobody yet. "
                + "Give the endpoint, set KademliaOptions.PublicAddresses, or wait for KademliaNode.Joined.");
    }
}
