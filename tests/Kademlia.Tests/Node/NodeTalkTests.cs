using System.Text;

namespace Kademlia.Tests.Node;

/// <summary>Messages of the application.</summary>
public sealed class NodeTalkTests
{
    private const int MaxLength = 1024;

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_message_reaches_its_handler_with_its_sender_and_the_answer_comes_back()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        TalkMessage? heard = null;
        network[1].HandleTalk("greet", (message, _) =>
        {
            heard = message;
            return ValueTask.FromResult<ReadOnlyMemory<byte>>("hello back"u8.ToArray());
        });
        ReadOnlyMemory<byte> answer = await network[0].TalkAsync(
            Loopback.ContactOf(network[1]), "greet", "hello"u8.ToArray(), Loopback.Token);
        Assert.Equal("hello back", Encoding.UTF8.GetString(answer.Span));
        Assert.Equal((Loopback.ContactOf(network[0]), "greet"), (heard!.Value.From, heard.Value.Protocol));
        Assert.Equal("hello", Encoding.UTF8.GetString(heard.Value.Payload.Span));
    }

    [Theory(Timeout = Loopback.Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MaxLength)]
    public async Task Any_length_up_to_the_longest_goes_there_and_back(int length)
    {
        await using Loopback network = await Loopback.StartAsync(2);
        network[1].HandleTalk(new string('p', 64), (message, _) => ValueTask.FromResult(message.Payload));
        byte[] sent = new byte[length];
        new Random(length).NextBytes(sent);
        ReadOnlyMemory<byte> answer = await network[0].TalkAsync(
            network[1].LocalEndPoints[0], new string('p', 64), sent, Loopback.Token);
        Assert.Equal(sent, answer.ToArray());
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_goes_wrong_is_told_in_words()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        network[1].HandleTalk("fails", (_, _) => throw new InvalidOperationException("The handler of a test fails."));
        network[1].HandleTalk("babbles", (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[MaxLength + 1]));
        Contact other = Loopback.ContactOf(network[1]);
        Assert.Contains("does not handle", await FailureOf(other, "unknown"), StringComparison.Ordinal);
        Assert.Contains("failed", await FailureOf(other, "fails"), StringComparison.Ordinal);
        Assert.Contains("failed", await FailureOf(other, "babbles"), StringComparison.Ordinal);
        Assert.Contains("Nobody answered", await FailureOf(other with { Id = network[0].Id }, "fails"), StringComparison.Ordinal);

        async Task<string> FailureOf(Contact contact, string protocol) => (await Assert.ThrowsAsync<KademliaException>(
            () => network[0].TalkAsync(contact, protocol, default, Loopback.Token))).Message;
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_is_too_long_is_refused_before_anything_is_sent()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        Contact other = Loopback.ContactOf(network[1]);
        ArgumentException tooLong = await Assert.ThrowsAsync<ArgumentException>(
            () => network[0].TalkAsync(other, "echo", new byte[MaxLength + 1], Loopback.Token));
        Assert.Contains("1024", tooLong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => network[0].TalkAsync(other, new string('p', 65), default, Loopback.Token));
        await Assert.ThrowsAsync<ArgumentException>(() => network[0].TalkAsync(other, "", default, Loopback.Token));
        Assert.Throws<ArgumentNullException>(() => network[0].HandleTalk("echo", null!));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_later_handler_takes_the_place_of_an_earlier_one()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        foreach (byte i in new byte[] { 1, 2 })
        {
            network[1].HandleTalk("who", (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new[] { i }));
            ReadOnlyMemory<byte> answer = await network[0].TalkAsync(Loopback.ContactOf(network[1]), "who", default, Loopback.Token);
            Assert.Equal([i], answer.ToArray());
        }
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_handler_may_ask_its_own_node()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        network[1].HandleTalk("lookup", async (message, token) =>
            (await network[1].GetAsync(RecordKey.Parse(Encoding.UTF8.GetString(message.Payload.Span)), cancellationToken: token)).Value);
        PutReceipt receipt = await network[0].PutAsync("greeting", "hello"u8.ToArray(), cancellationToken: Loopback.Token);
        ReadOnlyMemory<byte> answer = await network[0].TalkAsync(
            Loopback.ContactOf(network[1]), "lookup", Encoding.UTF8.GetBytes(receipt.Key.ToString()), Loopback.Token);
        Assert.Equal("hello", Encoding.UTF8.GetString(answer.Span));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_stops_cancels_its_handlers_and_waits_for_nobody()
    {
        await using Loopback network = await Loopback.StartAsync(2);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        network[1].HandleTalk("slow", async (_, token) =>
        {
            using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            begun.SetResult();
            await cancelled.Task;
            return default;
        });
        Task<ReadOnlyMemory<byte>> talk = network[0].TalkAsync(Loopback.ContactOf(network[1]), "slow", default, Loopback.Token);
        await begun.Task.WaitAsync(Loopback.Token);
        await network.RemoveAsync(network[1]);
        await cancelled.Task.WaitAsync(Loopback.Token);
        await Assert.ThrowsAsync<KademliaException>(() => talk);
    }
}
