using Kademlia.Tests.Identity;

namespace Kademlia.Tests.Node;

/// <summary>Several processes on one machine: what a user of the command line sees.</summary>
public sealed class KadProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_record_goes_from_process_to_process_and_is_deleted_by_its_writer()
    {
        await using KadProcess node = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        string bootstrap = await EndPointOfAsync(node);
        string identity = _folder.File("writer.pem");

        KadResult put = await KadProcess.RunAsync("put", "greeting", "hello", "--bootstrap", bootstrap, "--identity", identity);
        Assert.Equal((0, ""), (put.ExitCode, put.ExitCode == 0 ? "" : put.Errors));
        Assert.True(RecordKey.TryParse(put.Output, null, out RecordKey key), put.Output);
        Assert.Equal(RecordKind.Owner, key.Kind);

        KadResult get = await KadProcess.RunAsync("get", put.Output, "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal((0, "hello"), (get.ExitCode, get.Output));

        KadResult delete = await KadProcess.RunAsync("delete", "greeting", "--bootstrap", bootstrap, "--identity", identity);
        Assert.Equal((0, put.Output), (delete.ExitCode, delete.Output));

        KadResult gone = await KadProcess.RunAsync("get", put.Output, "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal((3, ""), (gone.ExitCode, gone.Output));
        Assert.Contains("deleted by its owner", gone.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Nodes_of_several_processes_are_one_network_and_outlive_each_other()
    {
        await using KadProcess first = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        string bootstrap = await EndPointOfAsync(first);
        await using KadProcess second = KadProcess.Start(
            "node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral", "--bootstrap", bootstrap);
        string other = await EndPointOfAsync(second);
        KadResult put = await KadProcess.RunAsync("put", "--content", "kept", "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal(0, put.ExitCode);
        Assert.Contains("stored on 2 of 2 nodes", put.Errors, StringComparison.Ordinal);
        await first.KillAsync();
        KadResult get = await KadProcess.RunAsync("get", put.Output, "--bootstrap", other, "--ephemeral");
        Assert.Equal((0, "kept"), (get.ExitCode, get.Output));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Changes_are_printed_as_they_come_until_the_watcher_is_told_to_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using KadProcess node = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        string bootstrap = await EndPointOfAsync(node);
        string[] writing = ["--bootstrap", bootstrap, "--identity", _folder.File("writer.pem")];
        KadResult put = await KadProcess.RunAsync(["put", "greeting", "hello", .. writing]);
        await using KadProcess watch = KadProcess.Start("watch", put.Output, "--bootstrap", bootstrap, "--ephemeral");
        string? current = await watch.ReadLineAsync();
        Assert.StartsWith("current ", current, StringComparison.Ordinal);
        Assert.EndsWith(" hello", current, StringComparison.Ordinal);

        await KadProcess.RunAsync(["put", "greeting", "bonjour", .. writing]);
        string? updated = await watch.ReadLineAsync();
        Assert.StartsWith("updated " + current!.Split(' ')[1], updated, StringComparison.Ordinal);
        Assert.EndsWith(" bonjour", updated, StringComparison.Ordinal);
        watch.Terminate();
        KadResult ended = await watch.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Output));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_file_goes_from_process_to_process_whole_though_one_of_its_providers_is_killed()
    {
        await using KadProcess node = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        string bootstrap = await EndPointOfAsync(node);
        byte[] content = new byte[20_000_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(_folder.File("original"), content, Loopback.Token);
        string[] sharing = ["share", _folder.File("original"), "--bind", "127.0.0.1", "--ephemeral", "--bootstrap", bootstrap];
        await using KadProcess one = KadProcess.Start(sharing);
        await using KadProcess two = KadProcess.Start(sharing);
        string? key = await one.ReadLineAsync();
        Assert.Equal(key, await two.ReadLineAsync());

        string[] fetching = ["fetch", key!, "--out", _folder.File("copy"), "--bootstrap", bootstrap, "--ephemeral", "--json"];
        await using KadProcess fetch = KadProcess.Start(fetching);
        await one.KillAsync();
        KadResult fetched = await fetch.EndAsync();
        Assert.Equal((0, ""), (fetched.ExitCode, fetched.ExitCode == 0 ? "" : fetched.Errors));
        Assert.Contains("\"length\":20000000", fetched.Output, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.File("copy"), Loopback.Token));
        KadResult again = await KadProcess.RunAsync(fetching);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("already", again.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Exit_codes_tell_what_went_wrong()
    {
        await using KadProcess node = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        string bootstrap = await EndPointOfAsync(node);
        KadResult notFound = await KadProcess.RunAsync("get", "name:nothing", "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal(3, notFound.ExitCode);
        KadResult wrongUsage = await KadProcess.RunAsync("get", "nonsense", "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal(2, wrongUsage.ExitCode);
        KadResult taken = await KadProcess.RunAsync("node", "--port", bootstrap.Split(':')[1], "--bind", "127.0.0.1", "--ephemeral");
        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("is taken", taken.Errors, StringComparison.Ordinal);
        await node.KillAsync();
        KadResult nobody = await KadProcess.RunAsync("get", "name:nothing", "--bootstrap", bootstrap, "--ephemeral");
        Assert.Equal(4, nobody.ExitCode);
        Assert.Contains(bootstrap, nobody.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task What_cannot_be_done_is_said_before_anybody_is_asked()
    {
        const string Nobody = "127.0.0.1:1";
        KadResult missing = await KadProcess.RunAsync("share", _folder.File("missing"), "--bootstrap", Nobody, "--ephemeral");
        Assert.Equal((2, true), (missing.ExitCode, missing.Errors.StartsWith("kad: There is no file", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(_folder.File("there"), "", Loopback.Token);
        KadResult there = await KadProcess.RunAsync(
            "fetch", $"{RecordKey.ForContent("a"u8)}", "--out", _folder.File("there"), "--bootstrap", Nobody, "--ephemeral");
        Assert.Equal((2, true), (there.ExitCode, there.Errors.StartsWith("kad: There is a file", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task Help_is_given_to_whoever_asks_for_it()
    {
        KadResult asked = await KadProcess.RunAsync("help", "put");
        KadResult option = await KadProcess.RunAsync("put", "--help");
        Assert.Equal((0, option.Output), (asked.ExitCode, asked.Output));
        Assert.Contains("--bootstrap", asked.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await KadProcess.RunAsync("help", "nonsense")).ExitCode);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_that_is_told_to_end_leaves_and_ends_well()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using KadProcess node = KadProcess.Start("node", "--port", "0", "--bind", "127.0.0.1", "--ephemeral");
        await EndPointOfAsync(node);
        node.Terminate();
        KadResult ended = await node.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("leaving", ended.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_with_a_data_folder_has_its_id_and_its_records_after_a_crash()
    {
        string[] arguments = ["node", "--port", "0", "--bind", "127.0.0.1", "--data", _folder.File("data")];
        KadResult put;
        string id;
        await using (KadProcess node = KadProcess.Start(arguments))
        {
            (string endPoint, id) = await ListeningAsync(node);
            put = await KadProcess.RunAsync("put", "--content", "kept", "--bootstrap", endPoint, "--ephemeral");
            Assert.Equal(0, put.ExitCode);
            KadResult second = await KadProcess.RunAsync(arguments);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("is open already", second.Errors, StringComparison.Ordinal);
            await node.KillAsync();
        }

        await using KadProcess again = KadProcess.Start(arguments);
        (string newEndPoint, string newId) = await ListeningAsync(again);
        Assert.Equal(id, newId);
        KadResult get = await KadProcess.RunAsync("get", put.Output, "--bootstrap", newEndPoint, "--ephemeral");
        Assert.Equal((0, "kept"), (get.ExitCode, get.Output));
    }

    [Fact(Timeout = Loopback.Patience)]
    public async Task A_node_keeps_all_of_itself_or_nothing()
    {
        KadResult both = await KadProcess.RunAsync("node", "--data", _folder.File("data"), "--ephemeral");
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("Give --data or --ephemeral, not both.", both.Errors, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    private static async Task<string> EndPointOfAsync(KadProcess node) => (await ListeningAsync(node)).EndPoint;

    private static async Task<(string EndPoint, string Id)> ListeningAsync(KadProcess node)
    {
        string? line = await node.ReadLineAsync();
        Assert.StartsWith("listening on 127.0.0.1:", line, StringComparison.Ordinal);
        string[] words = line!.Split(' ');
        return (words[2], words[^1]);
    }
}
