using System.Buffers;
using System.IO.Pipelines;
using Kademlia.Content;

namespace Kademlia.Tests.Content;

/// <summary>Fetching from providers of all kinds, over pipes.</summary>
public sealed class BlockFetchTests
{
    private const int Patience = 60_000;
    private const int Length = (5 * BlockShape.BlockLength) + 77;

    private static readonly NodeId Key = NodeId.Random(new Random(1));

    private readonly byte[] _content = MakeContent();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Patience)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task All_is_fetched_and_right(int providers)
    {
        (BlockFetch fetch, MemoryStream destination) = await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, providers).Select(_ => FetchFromAsync(fetch, HonestAsync)));
        Assert.True(fetch.IsDone);
        Assert.True(_content.AsSpan().SequenceEqual(destination.ToArray()));
    }

    [Fact(Timeout = Patience)]
    public async Task A_liar_is_told_from_who_fails_and_the_others_do_its_part()
    {
        (BlockFetch fetch, MemoryStream destination) = await MakeAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => FetchFromAsync(fetch, pipe => RespondAsync(pipe, request => Change(Answer(request)))));
        await Assert.ThrowsAsync<InvalidDataException>(() => FetchFromAsync(fetch, pipe => RespondAsync(pipe, request => Lengthen(Answer(request)))));
        await Assert.ThrowsAsync<InvalidDataException>(() => FetchFromAsync(fetch, pipe => RespondAsync(pipe, _ => [7, 0, 0, 0, 0])));
        await Assert.ThrowsAsync<IOException>(() => FetchFromAsync(fetch, pipe => RespondAsync(pipe, _ => [BlockRequest.NotHere, 0, 0, 0, 0])));
        await Assert.ThrowsAsync<IOException>(() => FetchFromAsync(fetch, pipe => RespondAsync(pipe, request => Answer(request)[..100], ends: true)));
        Assert.False(fetch.IsDone);
        await FetchFromAsync(fetch, HonestAsync);
        Assert.True(_content.AsSpan().SequenceEqual(destination.ToArray()));
    }

    [Fact(Timeout = Patience)]
    public async Task Who_stalls_holds_nothing_up_while_another_gives()
    {
        (BlockFetch fetch, MemoryStream destination) = await MakeAsync();
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task stalled = FetchFromAsync(fetch, async pipe => await pipe.Input.ReadAtLeastAsync(int.MaxValue, enough.Token), enough.Token);
        await FetchFromAsync(fetch, HonestAsync);
        Assert.True(fetch.IsDone);
        Assert.True(_content.AsSpan().SequenceEqual(destination.ToArray()));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_there_already_is_not_asked_for()
    {
        byte[] before = _content[..(3 * BlockShape.BlockLength)];
        before[BlockShape.BlockLength]++;
        using MemoryStream destination = new();
        destination.Write(before);
        (BlockFetch fetch, _) = await MakeAsync(destination);
        List<long> asked = [];
        await FetchFromAsync(fetch, pipe => RespondAsync(pipe, request =>
        {
            asked.Add(request.Level > 0 ? -1 : request.Element);
            return Answer(request);
        }));
        Assert.Equal([-1, 1, 3, 4, 5], asked.Distinct().Order());
        Assert.True(_content.AsSpan().SequenceEqual(destination.ToArray()));
    }

    [Fact(Timeout = Patience)]
    public async Task A_destination_that_fails_is_no_providers_fault()
    {
        BlockTree tree = await TreeAsync();
        await using FailingBytes destination = new();
        BlockFetch fetch = new(Key, new Manifest(tree.Shape, tree.Root.ToArray()), destination, TimeProvider.System, NodeDispatcher.Pool.ComputeAsync, _ => { });
        await Assert.ThrowsAsync<IOException>(() => FetchFromAsync(fetch, HonestAsync));
        Assert.Equal("The disk of a test is full.", fetch.Failure?.Message);
    }

    [Fact(Timeout = Patience)]
    public async Task A_server_says_not_here_of_what_it_has_not_and_of_what_was_changed()
    {
        using MemoryStream source = new();
        source.Write(_content);
        await using ProvidedContent content = await ProvideAsync(source);
        BlockServer server = new(TimeProvider.System);
        Assert.True(server.TryAdd(Key, content));
        Assert.Equal(BlockRequest.Here, (await AskAsync(server, new BlockRequest(Key, 0, 5)))[0]);
        Assert.Equal(BlockRequest.Here, (await AskAsync(server, new BlockRequest(Key, 1, 0)))[0]);
        foreach ((int level, long element) in new[] { (0, 6L), (0, -1L), (2, 0L), (1, 1L), (ushort.MaxValue, long.MaxValue), (0, long.MinValue) })
        {
            Assert.Equal([BlockRequest.NotHere, 0, 0, 0, 0], await AskAsync(server, new BlockRequest(Key, level, element)));
        }

        Assert.Equal([BlockRequest.NotHere, 0, 0, 0, 0], await AskAsync(server, new BlockRequest(default, 0, 0)));
        source.SetLength(Length - 1);
        Assert.Equal([BlockRequest.NotHere, 0, 0, 0, 0], await AskAsync(server, new BlockRequest(Key, 0, 0)));
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[Length];
        new Random(1).NextBytes(content);
        return content;
    }

    private static byte[] Change(byte[] answer)
    {
        answer[^1]++;
        return answer;
    }

    private static byte[] Lengthen(byte[] answer)
    {
        BlockRequest.WriteHead(answer, BlockRequest.Here, int.MaxValue);
        return answer;
    }

    private static async Task RespondAsync(IDuplexPipe pipe, Func<BlockRequest, byte[]> answer, bool ends = false)
    {
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAtLeastAsync(BlockRequest.Length, Token);
            if (read.Buffer.Length < BlockRequest.Length)
            {
                return;
            }

            BlockRequest request = BlockRequest.Read(read.Buffer.Slice(0, BlockRequest.Length).ToArray());
            pipe.Input.AdvanceTo(read.Buffer.GetPosition(BlockRequest.Length));
            await pipe.Output.WriteAsync(answer(request), Token);
            if (ends)
            {
                return;
            }
        }
    }

    private static async Task<byte[]> AskAsync(BlockServer server, BlockRequest request)
    {
        Pair pair = new();
        Task serving = server.ServeAsync(pair.There, Token);
        byte[] bytes = new byte[BlockRequest.Length];
        request.WriteTo(bytes);
        await pair.Here.Output.WriteAsync(bytes, Token);
        await pair.Here.Output.CompleteAsync();
        ReadResult read = await pair.Here.Input.ReadAtLeastAsync(BlockRequest.HeadLength, Token);
        await serving;
        return read.Buffer.Slice(0, BlockRequest.HeadLength).ToArray();
    }

    private async Task HonestAsync(IDuplexPipe pipe)
    {
        using MemoryStream source = new(_content);
        await using ProvidedContent content = await ProvideAsync(source);
        BlockServer server = new(TimeProvider.System);
        Assert.True(server.TryAdd(Key, content));
        await server.ServeAsync(pipe, Token);
    }

    private byte[] Answer(BlockRequest request)
    {
        byte[] element = request.Level == 0
            ? _content[(int)(request.Element * BlockShape.BlockLength)..(int)Math.Min(Length, (request.Element + 1) * BlockShape.BlockLength)]
            : [.. Enumerable.Range(0, 6).SelectMany(i => BlockHash.Of(0, Answer(new BlockRequest(Key, 0, i)).AsSpan(BlockRequest.HeadLength)))];
        byte[] answer = new byte[BlockRequest.HeadLength + element.Length];
        BlockRequest.WriteHead(answer, BlockRequest.Here, element.Length);
        element.CopyTo(answer, BlockRequest.HeadLength);
        return answer;
    }

    private static async Task FetchFromAsync(BlockFetch fetch, Func<IDuplexPipe, Task> provider, CancellationToken? token = null)
    {
        Pair pair = new();
        Task serving = ServeAsync();
        try
        {
            await fetch.FetchAsync(pair.Here, _ => { }, token ?? Token);
        }
        finally
        {
            await pair.Here.Output.CompleteAsync();
            await pair.Here.Input.CompleteAsync();
            await Xunit.Record.ExceptionAsync(() => serving);
        }

        async Task ServeAsync()
        {
            await provider(pair.There);
            await pair.There.Output.CompleteAsync();
        }
    }

    private async Task<BlockTree> TreeAsync()
    {
        await using StreamBytes bytes = new(new MemoryStream(_content));
        return await BlockTree.BuildAsync(bytes, _ => { }, Token);
    }

    private static async Task<ProvidedContent> ProvideAsync(MemoryStream source)
    {
        StreamBytes bytes = new(source);
        return new ProvidedContent(bytes, await BlockTree.BuildAsync(bytes, _ => { }, Token));
    }

    private async Task<(BlockFetch Fetch, MemoryStream Destination)> MakeAsync(MemoryStream? destination = null)
    {
        BlockTree tree = await TreeAsync();
        destination ??= new MemoryStream();
        return (new BlockFetch(Key, new Manifest(tree.Shape, tree.Root.ToArray()), new StreamBytes(destination), TimeProvider.System, NodeDispatcher.Pool.ComputeAsync, _ => { }), destination);
    }

    /// <summary>Two ends of a pipe in each direction.</summary>
    private sealed class Pair
    {
        private readonly Pipe _to = new();
        private readonly Pipe _from = new();

        public IDuplexPipe Here => new End(_from.Reader, _to.Writer);

        public IDuplexPipe There => new End(_to.Reader, _from.Writer);

        private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }

    private sealed class FailingBytes : ContentBytes
    {
        public override long Length => 0;

        public override bool IsUnchanged => true;

        public override ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
            throw new IOException("The disk of a test is full.");

        public override ValueTask FinishAsync(long length, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
