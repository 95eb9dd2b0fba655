using Kademlia.Tests.Records;

namespace Kademlia.Sqlite.Tests;

public sealed class WriteQueueTests
{
    private readonly WriteQueue _queue = new();

    [Fact]
    public void Take_GivesAllInTheirOrderOnce()
    {
        QueuedWrite[] writes = [Write("a"), Write("b"), Write("c")];
        Assert.All(writes, write => Assert.True(_queue.TryAdd(write)));
        Assert.Equal(writes, _queue.Take());
        _queue.Close();
        Assert.Empty(_queue.Take());
    }

    [Fact]
    public void TryAdd_MoreThanItsMemory_IsRefusedUntilSomeIsTaken()
    {
        QueuedWrite write = Write(new string('.', Record.MaxDatagramValueLength));
        int count = 0;
        while (_queue.TryAdd(write))
        {
            count++;
        }

        Assert.Equal(WriteQueue.MaxBytes / write.Weight, count);
        Assert.Equal(count, _queue.Take().Count);
        Assert.True(_queue.TryAdd(write));
    }

    [Fact]
    public void Close_WhatWaits_IsStillTakenAndNothingIsAdded()
    {
        _queue.TryAdd(Write("a"));
        _queue.Close();
        Assert.Throws<ObjectDisposedException>(() => _queue.TryAdd(Write("b")));
        Assert.Single(_queue.Take());
        Assert.Empty(_queue.Take());
    }

    private static RecordWrite Write(string value) => new(expected: null, RecordSamples.Content(value));
}
