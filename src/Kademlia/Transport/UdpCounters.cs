namespace Kademlia.Transport;

/// <summary>What a UDP transport lost, by reason. Counted from several threads; each figure is exact, together they are a moment's view.</summary>
internal sealed class UdpCounters
{
    private long _oversized;
    private long _unreadable;
    private long _handlerFailures;
    private long _receiveErrors;
    private long _sendErrors;

    /// <summary>Datagrams received that were longer than nodes exchange.</summary>
    public long Oversized => Volatile.Read(ref _oversized);

    /// <summary>Datagrams received whose source is not an address of the socket's family.</summary>
    public long Unreadable => Volatile.Read(ref _unreadable);

    /// <summary>Datagrams whose handler threw.</summary>
    public long HandlerFailures => Volatile.Read(ref _handlerFailures);

    /// <summary>Errors that receiving survived, such as ICMP's word that nobody listens where we sent.</summary>
    public long ReceiveErrors => Volatile.Read(ref _receiveErrors);

    /// <summary>Datagrams that could not leave.</summary>
    public long SendErrors => Volatile.Read(ref _sendErrors);

    /// <summary>Counts a datagram that was too long.</summary>
    public void CountOversized() => Interlocked.Increment(ref _oversized);

    /// <summary>Counts a datagram from an address of another family.</summary>
    public void CountUnreadable() => Interlocked.Increment(ref _unreadable);

    /// <summary>Counts a datagram whose handler threw.</summary>
    public void CountHandlerFailure() => Interlocked.Increment(ref _handlerFailures);

    /// <summary>Counts an error of receiving.</summary>
    public void CountReceiveError() => Interlocked.Increment(ref _receiveErrors);

    /// <summary>Counts a datagram that could not leave.</summary>
    public void CountSendError() => Interlocked.Increment(ref _sendErrors);
}
