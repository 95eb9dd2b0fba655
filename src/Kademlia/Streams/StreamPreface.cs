using System.Buffers.Binary;
using System.Text;

namespace Kademlia.Streams;

/// <summary>The first bytes inside a secure connection: what it is for, and whether that is had here (PROTOCOL.md, 9.4).</summary>
internal static class StreamPreface
{
    public const int MaxNameLength = 64;

    private const int NonceLength = 16;
    private const int HeadLength = sizeof(ulong) + NonceLength + 1;

    private const string OtherNetwork = "The other side is of another network.";
    private const string MalformedName = "The name of the protocol is malformed.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Asks for a protocol, and waits for the status.</summary>
    public static async Task<StreamStatus> AskAsync(SecureConnection connection, ulong network, string protocol, CancellationToken cancellationToken)
    {
        byte[] name = Encoding.UTF8.GetBytes(protocol);
        byte[] preface = new byte[HeadLength + name.Length];
        BinaryPrimitives.WriteUInt64BigEndian(preface, network);
        BinaryPrimitives.WriteUInt128BigEndian(preface.AsSpan(sizeof(ulong)), connection.Nonce);
        preface[HeadLength - 1] = (byte)name.Length;
        name.CopyTo(preface, HeadLength);
        await connection.WriteAsync(preface, cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[NonceLength + 1];
        await ReadAsync(connection, answer, cancellationToken).ConfigureAwait(false);
        ThrowUnless(BinaryPrimitives.ReadUInt128BigEndian(answer) == connection.Nonce, OtherNetwork);
        return answer[^1] <= (byte)StreamStatus.Busy ? (StreamStatus)answer[^1] : StreamStatus.Busy;
    }

    /// <summary>Reads which protocol is asked for.</summary>
    public static async Task<string> HearAsync(SecureConnection connection, ulong network, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadLength];
        await ReadAsync(connection, head, cancellationToken).ConfigureAwait(false);
        ThrowUnless(BinaryPrimitives.ReadUInt64BigEndian(head) == network, OtherNetwork);
        ThrowUnless(BinaryPrimitives.ReadUInt128BigEndian(head.AsSpan(sizeof(ulong))) == connection.Nonce, OtherNetwork);
        ThrowUnless(head[^1] is > 0 and <= MaxNameLength, MalformedName);
        byte[] name = new byte[head[^1]];
        await ReadAsync(connection, name, cancellationToken).ConfigureAwait(false);
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException e)
        {
            throw new IOException(MalformedName, e);
        }
    }

    /// <summary>Answers; after any status but open the connection is closed.</summary>
    public static ValueTask AnswerAsync(SecureConnection connection, StreamStatus status, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[NonceLength + 1];
        BinaryPrimitives.WriteUInt128BigEndian(answer, connection.Nonce);
        answer[^1] = (byte)status;
        return connection.WriteAsync(answer, cancellationToken);
    }

    private static async Task ReadAsync(SecureConnection connection, Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            int length = await connection.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
            destination = length > 0 ? destination[length..] : throw new IOException("The other side closed the connection.");
        }
    }

    private static void ThrowUnless(bool holds, string message)
    {
        if (!holds)
        {
            throw new IOException(message);
        }
    }
}
