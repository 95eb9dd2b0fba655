using System.Runtime.CompilerServices;

namespace Kademlia.Tests.Architecture.WrongHouse.Core;

/// <summary>Something to await that is no task: it is allowed in a pure room, but the <c>async void</c> around it is not.</summary>
internal readonly struct Awaitable : INotifyCompletion
{
    public bool IsCompleted => true;

    public Awaitable GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => continuation();
}
