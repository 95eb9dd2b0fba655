namespace Kademlia;

/// <summary>A node could not start or do its work; the message says what to do about it.</summary>
public sealed class KademliaException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public KademliaException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public KademliaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public KademliaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
