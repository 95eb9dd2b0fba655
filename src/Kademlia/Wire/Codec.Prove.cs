using System.Diagnostics;
using Kademlia.Admission;
using Kademlia.Messages;

namespace Kademlia.Wire;

/// <content>prove.</content>
/// <remarks>
/// <code>
/// [ nonce,  dialled,  token ]                      request
///   bin 16  bin 6|18  bin 8|nil
/// [ status, algorithm, public key, signature ]     reply
///   uint    uint       bin 64|0    bin 64|0
/// </code>
/// </remarks>
internal sealed partial class Codec
{
    private const int ProveElements = 2;
    private const int ProveReplyElements = 4;

    public int Write(Span<byte> destination, in Envelope envelope, in ProveRequest request, int paddedLength)
    {
        Debug.Assert(envelope.Kind == MessageKind.Prove, "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(ProveElements + (request.Token.IsNone ? 0 : 1));
        writer.WriteBinary(request.Nonce);
        EndPointFormat.Write(ref writer, request.Dialled);
        if (!request.Token.IsNone)
        {
            WriteWord(ref writer, request.Token.Value);
        }

        return FinishPadded(ref writer, destination, paddedLength);
    }

    public int Write(Span<byte> destination, in Envelope envelope, in ProveReply reply)
    {
        Debug.Assert(envelope.Kind == (MessageKind.Prove | MessageKind.Reply), "The envelope is of another kind.");
        MessagePackWriter writer = Begin(destination, envelope);
        writer.WriteArrayHeader(ProveReplyElements);
        writer.WriteInt64((long)reply.Status);
        writer.WriteInt64((long)reply.Algorithm);
        writer.WriteBinary(reply.PublicKey);
        writer.WriteBinary(reply.Signature);
        return Finish(writer);
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out ProveRequest request)
    {
        request = default;
        AddressToken token = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, ProveElements, out int further)
            || !reader.TryReadBinary(ProveRequest.NonceLength, out ReadOnlySpan<byte> nonce)
            || !EndPointFormat.TryRead(ref reader, out PeerEndPoint dialled)
            || !(further == 0 || TryReadToken(ref reader, out token)))
        {
            return false;
        }

        request = new ProveRequest(nonce, dialled, token);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out ProveReply reply)
    {
        reply = default;
        MessagePackReader reader = new(body);
        if (!WireFormat.TryEnter(ref reader, ProveReplyElements, out _)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long status)
            || !WireFormat.TryReadNumber(ref reader, byte.MaxValue, out long algorithm)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> publicKey)
            || !reader.TryReadBinary(out ReadOnlySpan<byte> signature))
        {
            return false;
        }

        bool isKnown = status <= (long)ProofStatus.Busy;
        reply = isKnown
            ? new ProveReply((ProofStatus)status, (SignatureAlgorithm)algorithm, publicKey, signature)
            : new ProveReply(ProofStatus.Busy, SignatureAlgorithm.None, [], []);
        return HasShape(reply);
    }

    /// <summary>Whether there are a key and a signature if, and only if, the status says so.</summary>
    private static bool HasShape(in ProveReply reply)
    {
        bool isSigned = reply.Status == ProofStatus.Signed;
        return isSigned == (reply.Algorithm != SignatureAlgorithm.None)
            && reply.PublicKey.Length == (isSigned ? NodeIdentity.PublicKeyLength : 0)
            && reply.Signature.Length == (isSigned ? NodeIdentity.SignatureLength : 0);
    }
}
