using Kademlia.Core;

namespace Kademlia.Tests.Core;

public sealed class CancelScopeTests
{
    private readonly CancelScope _scope = new();
    private readonly List<int> _cancelled = [];

    [Fact]
    public void Cancel_SeveralUnderWay_CancelsThemOnceInTheOrderInWhichTheyBegan()
    {
        Begin(1);
        Begin(2);
        Begin(3);
        _scope.Cancel();
        _scope.Cancel();
        Assert.Equal([1, 2, 3], _cancelled);
        Assert.Equal((0, true), (_scope.Count, _scope.IsCancelled));
    }

    [Fact]
    public void Remove_WhatEnded_IsNotCancelled()
    {
        Begin(1);
        LinkedListNode<Action> second = Begin(2);
        _scope.Remove(second);
        _scope.Remove(second);
        Assert.Equal(1, _scope.Count);
        _scope.Cancel();
        _scope.Remove(second);
        Assert.Equal([1], _cancelled);
    }

    [Fact]
    public void Add_Cancelled_Throws()
    {
        _scope.ThrowIfCancelled();
        _scope.Cancel();
        Assert.Throws<OperationCanceledException>(() => Begin(1));
        Assert.Throws<OperationCanceledException>(_scope.ThrowIfCancelled);
        Assert.Empty(_cancelled);
    }

    [Fact]
    public void Cancel_OneEndsAnother_TheOtherIsNotCancelled()
    {
        LinkedListNode<Action>? second = null;
        _scope.Add(() => _scope.Remove(second!));
        second = Begin(2);
        Begin(3);
        _scope.Cancel();
        Assert.Equal([3], _cancelled);
    }

    private LinkedListNode<Action> Begin(int number) => _scope.Add(() => _cancelled.Add(number));
}
