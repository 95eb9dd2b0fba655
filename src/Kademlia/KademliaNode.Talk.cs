using System.Text;
using Kademlia.Core;
using Kademlia.Messages;
using Kademlia.Wire;

namespace Kademlia;

/// <content>Messages of the application.</content>
public sealed partial class KademliaNode
{
    /// <summary>Sends a message of the application to a node and waits for its answer.</summary>
    /// <param name="contact">The node; an answer from another id at its endpoint does not count.</param>
    /// <param name="protocol">The name of the protocol: 1 to 64 bytes of UTF-8.</param>
    /// <param name="payload">The message: at most 1,024 bytes.</param>
    /// <param name="cancellationToken">Gives up waiting; the other node may have handled the message.</param>
    /// <exception cref="ArgumentException">The protocol's name or the payload is too long.</exception>
    /// <exception cref="KademliaException">Nobody answered, nobody handles the protocol there, or its handler failed.</exception>
    public async Task<ReadOnlyMemory<byte>> TalkAsync(
        Contact contact, string protocol, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        ThrowIfNotProtocol(protocol);
        if (payload.Length > Codec.MaxTalkPayloadLength)
        {
            throw new ArgumentException(
                $"A message has at most {Codec.MaxTalkPayloadLength} bytes; this has {payload.Length}. Send it in parts.", nameof(payload));
        }

        TalkAnswer? answer = await RunAsync(
            (core, scope) => core.Talking.TalkAsync(contact, protocol, payload.ToArray(), scope), cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            null => throw new KademliaException($"Nobody answered at {contact.EndPoint}. Is the node running, and of the same network?"),
            { Status: TalkStatus.Answered } => answer.Payload,
            { Status: TalkStatus.UnknownProtocol } => throw new KademliaException(
                $"The node at {contact.EndPoint} does not handle the protocol \"{protocol}\"."),
            { Status: TalkStatus.Busy } => throw new KademliaException($"The node at {contact.EndPoint} is busy. Try again later."),
            _ => throw new KademliaException($"The handler of \"{protocol}\" at {contact.EndPoint} failed."),
        };
    }

    /// <summary>Sends a message of the application to whatever node answers at an endpoint.</summary>
    /// <inheritdoc cref="TalkAsync(Contact, string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<ReadOnlyMemory<byte>> TalkAsync(
        PeerEndPoint endPoint, string protocol, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
        TalkAsync(new Contact(default, endPoint), protocol, payload, cancellationToken);

    /// <summary>Answers messages of a protocol. A later handler of the same protocol takes the place of an earlier one.</summary>
    /// <param name="protocol">The name of the protocol: 1 to 64 bytes of UTF-8.</param>
    /// <param name="handler">Runs on the thread pool, several at once; its answer has at most 1,024 bytes. An exception tells the asker that it failed.</param>
    public void HandleTalk(string protocol, TalkHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfNotProtocol(protocol);
        _handlers[protocol] = handler;
    }

    private async Task AnswerAsync(TalkEffect message, CancellationToken cancellationToken)
    {
        if (_handlers.TryGetValue(message.Protocol, out TalkHandler? handler))
        {
            ReadOnlyMemory<byte> answer = await handler(
                new TalkMessage(message.From, message.Protocol, message.Payload), cancellationToken).ConfigureAwait(true);
            message.Answer = answer.Length <= Codec.MaxTalkPayloadLength
                ? answer
                : throw new InvalidOperationException(
                    $"An answer has at most {Codec.MaxTalkPayloadLength} bytes; this has {answer.Length}.");
            message.Status = TalkStatus.Answered;
        }
    }

    private static void ThrowIfNotProtocol(string protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        if (Encoding.UTF8.GetByteCount(protocol) > TalkRequest.MaxProtocolLength)
        {
            throw new ArgumentException(
                $"The name of a protocol has at most {TalkRequest.MaxProtocolLength} bytes of UTF-8; \"{protocol}\" is longer.", nameof(protocol));
        }
    }
}
