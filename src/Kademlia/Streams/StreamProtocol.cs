using System.Text;

namespace Kademlia.Streams;

/// <summary>The names of protocols over streams.</summary>
internal static class StreamProtocol
{
    /// <summary>Names that begin so are the library's own.</summary>
    public const string OwnPrefix = "kademlia/";

    /// <summary>Refuses a name that applications may not use.</summary>
    public static void ThrowIfNotApplications(string protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        if (Encoding.UTF8.GetByteCount(protocol) > StreamPreface.MaxNameLength)
        {
            throw new ArgumentException(
                $"The name of a protocol has at most {StreamPreface.MaxNameLength} bytes of UTF-8; \"{protocol}\" is longer.", nameof(protocol));
        }

        if (protocol.StartsWith(OwnPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Names that begin with \"{OwnPrefix}\" are the library's own; choose another than \"{protocol}\".", nameof(protocol));
        }
    }
}
