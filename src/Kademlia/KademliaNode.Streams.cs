using Kademlia.Content;
using Kademlia.Core;
using Kademlia.Streams;
using Kademlia.Wire;

namespace Kademlia;

/// <content>Streams of the application.</content>
public sealed partial class KademliaNode
{
    /// <summary>Opens a stream to a node, which proves its id; what goes over it is encrypted.</summary>
    /// <param name="contact">The node. It is pinged first, unless it has proven itself before: nothing is opened to where it is not.</param>
    /// <param name="protocol">The name of the protocol that is spoken: 1 to 64 bytes of UTF-8, not beginning with <c>kademlia/</c>.</param>
    /// <param name="cancellationToken">Gives up opening it.</param>
    /// <returns>The stream, open: dispose it.</returns>
    /// <exception cref="ArgumentException">The contact has no id, or the protocol's name is not one of an application.</exception>
    /// <exception cref="KademliaException">
    /// The node does not answer, takes no streams, is another than it should be, does not handle the protocol, or is busy; the message says which.
    /// </exception>
    public Task<PeerConnection> ConnectAsync(Contact contact, string protocol, CancellationToken cancellationToken = default)
    {
        StreamProtocol.ThrowIfNotApplications(protocol);
        return OpenStreamAsync(contact, protocol, cancellationToken);
    }

    /// <summary>Serves a protocol over streams that others open. A later handler of the same protocol takes the place of an earlier one.</summary>
    /// <param name="protocol">The name of the protocol: 1 to 64 bytes of UTF-8, not beginning with <c>kademlia/</c>.</param>
    /// <param name="handler">Runs on the thread pool, once for each stream, several at once. The stream is closed when it ends.</param>
    /// <exception cref="KademliaException">This node takes no streams.</exception>
    public void HandleStream(string protocol, StreamHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        StreamProtocol.ThrowIfNotApplications(protocol);
        Streams.Handle(protocol, handler);
    }

    private void ServeRecords(TimeProvider time)
    {
        RecordExchange records = new(_host, time, OpenStreamAsync);
        _host.OnAsk = records.AskAsync;
        _streams?.Handle(RecordExchange.Protocol, records.ServeAsync);
    }

    internal StreamHost Streams => _streams ?? throw new KademliaException(
        _options.MaxStreams == 0
            ? $"This node has no streams: {nameof(KademliaOptions)}.{nameof(KademliaOptions.MaxStreams)} is 0."
            : $"This node has no streams: give it a {nameof(KademliaOptions)}.{nameof(KademliaOptions.StreamTransport)} beside its {nameof(KademliaOptions.Transport)}.");

    private async Task<PeerConnection> OpenStreamAsync(Contact contact, string protocol, CancellationToken cancellationToken)
    {
        StreamHost streams = Streams;
        if (contact.Id == default)
        {
            throw new ArgumentException("A stream is opened to a node whose id is known. Ping the endpoint to learn it.", nameof(contact));
        }

        if (!_host.Read(core => core.IsProven(contact)))
        {
            PingResult? pong = await PingAsync(contact.EndPoint, cancellationToken).ConfigureAwait(false);
            if (pong is not { } answer || answer.Contact.Id != contact.Id)
            {
                throw new KademliaException(pong is null
                    ? $"Nobody answered at {contact.EndPoint}. Is the node running, and of the same network?"
                    : $"The node at {contact.EndPoint} is {pong.Value.Contact.Id}, not {contact.Id}.");
            }
        }

        return await streams.ConnectAsync(contact, protocol, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a stream to one who claims to provide something: at the first of its endpoints where it is, and where strangers may send us.</summary>
    internal async Task<PeerConnection> OpenProviderAsync(Provider provider, CancellationToken cancellationToken)
    {
        KademliaException failure = new($"None of the endpoints that {provider.Id} announced is one that it may send us to.");
        foreach (PeerEndPoint endPoint in provider.EndPoints.Where(e => MayBeSentTo(new Contact(provider.Id, e))))
        {
            try
            {
                return await OpenStreamAsync(new Contact(provider.Id, endPoint), BlockRequest.Protocol, cancellationToken).ConfigureAwait(false);
            }
            catch (KademliaException e)
            {
                failure = e;
            }
        }

        throw failure;
    }

    /// <summary>Whether a stranger's word may make us ping and dial: within the scopes that this node is in itself, and within the budget for hearsay (PROTOCOL.md, 9.1).</summary>
    private bool MayBeSentTo(Contact contact)
    {
        bool mayBe = false;
        _host.Turn(core =>
        {
            PeerEndPoint endPoint = contact.EndPoint;
            int bytes = PendingRequest.DefaultMaxAttempts * (Codec.MinRequestLength + core.SealLength);
            mayBe = core.IsProven(contact)
                || ((endPoint.Scope == AddressScope.Global || Array.Exists(core.Overlays, o => core.OwnEndPoints.BestOf(o).Scope == endPoint.Scope))
                    && core.Hearsay.TrySpend(endPoint, bytes, corroborated: false, core.Now));
        });
        return mayBe;
    }
}
