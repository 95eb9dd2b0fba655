namespace Kademlia.Tests.Node;

/// <summary>Content of any length, over real sockets.</summary>
public sealed class NodeContentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kademlia-content-");

    [Theory(Timeout = Loopback.Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((256 * 1024) + 1)]
    [InlineData(5_000_000)]
    public async Task A_file_is_fetched_by_its_key_whatever_its_length(int length)
    {
        await using Loopback network = await Loopback.StartAsync(3);
        (string path, byte[] bytes) = Write("original", length);
        await using SharedContent shared = await network[0].PublishContentAsync(path, cancellationToken: Loopback.Token);
        Assert.Equal(length, shared.Length);
        FetchedContent fetched = await network[1].FetchContentAsync(shared.Key, In("copy"), cancellationToken: Loopback.Token);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(In("copy"), Loopback.Token));
        Assert.Equal((length, network[0].Id), (fetched.Length, Assert.Single(fetched.Providers).Id));
        Assert.Null(fetched.Providers[0].Fault);
        Assert.False(File.Exists(In("copy.part")));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Several_provide_the_same_and_who_changed_its_file_or_withdrew_does_no_harm()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        (string path, byte[] bytes) = Write("one", 3_000_000);
        (string other, _) = Write("two", 3_000_000);
        await using SharedContent one = await network[0].PublishContentAsync(path, cancellationToken: Loopback.Token);
        await using SharedContent two = await network[1].PublishContentAsync(other, cancellationToken: Loopback.Token);
        Assert.Equal(one.Key, two.Key);
        await File.AppendAllTextAsync(other, "changed", Loopback.Token);
        using MemoryStream copy = new();
        FetchedContent fetched = await network[2].FetchContentAsync(one.Key, copy, cancellationToken: Loopback.Token);
        Assert.Equal(bytes, copy.ToArray());
        Assert.DoesNotContain(fetched.Providers, p => p.IsLiar);
        await two.DisposeAsync();
        await one.DisposeAsync();
        KademliaException failure = await Assert.ThrowsAsync<KademliaException>(
            () => network[3].FetchContentAsync(one.Key, new MemoryStream(), cancellationToken: Loopback.Token));
        Assert.Contains("Nobody provides", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_provider_of_wrong_bytes_is_named_and_the_content_is_right()
    {
        await using Loopback network = await Loopback.StartAsync(4);
        (string path, byte[] bytes) = Write("honest", 20_000_000);
        (string forged, _) = Write("forged", 20_000_000);
        await using SharedContent honest = await network[0].PublishContentAsync(path, cancellationToken: Loopback.Token);
        await using SharedContent lie = await network[1].PublishContentAsync(forged, cancellationToken: Loopback.Token);
        DateTime written = File.GetLastWriteTimeUtc(forged);
        await File.WriteAllBytesAsync(forged, new byte[bytes.Length], Loopback.Token);
        File.SetLastWriteTimeUtc(forged, written);
        using MemoryStream copy = new();
        FetchedContent fetched = await network[2].FetchContentAsync(honest.Key, copy, cancellationToken: Loopback.Token);
        Assert.True(bytes.AsSpan().SequenceEqual(copy.ToArray()));
        ContentProvider liar = Assert.Single(fetched.Providers, p => p.Id == network[1].Id);
        Assert.True(liar.IsLiar, liar.ToString());
        Assert.Contains("wrong bytes", liar.Fault, StringComparison.Ordinal);
        Assert.Null(Assert.Single(fetched.Providers, p => p.Id == network[0].Id).Fault);

        await honest.DisposeAsync();
        KademliaException failure = await Assert.ThrowsAsync<KademliaException>(
            () => network[3].FetchContentAsync(lie.Key, new MemoryStream(), cancellationToken: Loopback.Token));
        Assert.Contains("a liar", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_was_fetched_before_is_gone_on_with()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        (string path, byte[] bytes) = Write("original", 2_000_000);
        await File.WriteAllBytesAsync(In("copy.part"), bytes[..1_500_000], Loopback.Token);
        await using SharedContent shared = await network[0].PublishContentAsync(path, cancellationToken: Loopback.Token);
        FetchedContent fetched = await network[1].FetchContentAsync(shared.Key, In("copy"), cancellationToken: Loopback.Token);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(In("copy"), Loopback.Token));
        Assert.InRange(Assert.Single(fetched.Providers).Bytes, 1, 1_000_000);
        Assert.Null(fetched.Providers[0].Fault);
        await Assert.ThrowsAsync<IOException>(() => network[1].FetchContentAsync(shared.Key, In("copy"), cancellationToken: Loopback.Token));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_fetch_that_is_given_up_touches_its_destination_no_more_and_one_that_cannot_write_says_so()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        (string path, _) = Write("original", 20_000_000);
        await using SharedContent shared = await network[0].PublishContentAsync(path, cancellationToken: Loopback.Token);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Loopback.Token);
        MemoryStream half = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => network[1].FetchContentAsync(shared.Key, half, new Canceller(enough), enough.Token));
        await half.DisposeAsync();
        IOException failure = await Assert.ThrowsAsync<IOException>(
            () => network[1].FetchContentAsync(shared.Key, new MemoryStream(new byte[1_000_000]), cancellationToken: Loopback.Token));
        Assert.Contains("cannot be written", failure.Message, StringComparison.Ordinal);
        KademliaException twice = await Assert.ThrowsAsync<KademliaException>(() => network[0].PublishContentAsync(path, cancellationToken: Loopback.Token));
        Assert.Contains("already", twice.Message, StringComparison.Ordinal);
        await network[1].FetchContentAsync(shared.Key, new MemoryStream(), cancellationToken: Loopback.Token);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_is_no_content_in_blocks_is_told_in_words()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        PutReceipt value = await network[0].PutContentAsync("a value"u8.ToArray(), cancellationToken: Loopback.Token);
        Assert.Contains("a value of 7 bytes itself", await FailureOfAsync(value.Key), StringComparison.Ordinal);
        Assert.Contains("Nobody holds", await FailureOfAsync(RecordKey.ForContent("nothing"u8)), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => network[1].FetchContentAsync(RecordKey.ForName("name"), new MemoryStream(), cancellationToken: Loopback.Token));
        await Assert.ThrowsAsync<FileNotFoundException>(() => network[1].PublishContentAsync(In("missing"), cancellationToken: Loopback.Token));

        async Task<string> FailureOfAsync(RecordKey key) => (await Assert.ThrowsAsync<KademliaException>(
            () => network[1].FetchContentAsync(key, new MemoryStream(), cancellationToken: Loopback.Token))).Message;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private (string Path, byte[] Bytes) Write(string name, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(In(name), bytes);
        return (In(name), bytes);
    }

    /// <summary>Gives up when there is some progress.</summary>
    private sealed class Canceller(CancellationTokenSource source) : IProgress<ContentProgress>
    {
        public void Report(ContentProgress value) => source.Cancel();
    }
}
