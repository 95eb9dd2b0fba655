using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;

namespace Kademlia.Loopback;

/// <summary>Streams and content beside a bare <see cref="SslStream"/> in the same rounds: bytes a second, handshakes a second, memory.</summary>
internal static class StreamsCommand
{
    private const int Rounds = 5;
    private const int Handshakes = 100;
    private const int Chunk = 64 * 1024;
    private const long StreamLength = 256L * 1024 * 1024;
    private const int MostProviders = 4;
    private const double Share = 0.5;
    private const double MostMemory = 256;

    /// <summary>Measures, prints, and says whether the goals were reached.</summary>
    /// <param name="output">Where to print to.</param>
    /// <param name="megabytes">The length of the content, in MiB.</param>
    public static async Task<bool> RunAsync(TextWriter output, int megabytes)
    {
        string folder = Directory.CreateTempSubdirectory("kademlia-").FullName;
        try
        {
            string path = Path.Combine(folder, "content");
            await WriteAsync(path, megabytes);
            return await MeasureAsync(new GoalSheet(output), path, Path.Combine(folder, "copy"), megabytes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(GoalSheet sheet, string path, string copy, int megabytes)
    {
        using BareTls bare = new();
        List<KademliaNode> nodes = [await StartAsync(null)];
        while (nodes.Count < MostProviders + 1)
        {
            nodes.Add(await StartAsync(nodes[0]));
        }

        nodes[0].HandleStream("source", async (_, pipe, token) => await FillAsync(pipe.Output, token));
        nodes[0].HandleStream("nothing", (_, _, _) => Task.CompletedTask);
        List<SharedContent> shared = [];
        RecordKey key = default;
        Dictionary<string, List<double>> figures = [];
        for (int round = 0; round <= Rounds; round++)
        {
            Add("bare SslStream: MB/s", await RateAsync(StreamLength, () => CopyBareAsync(bare)));
            Add("stream: MB/s", await RateAsync(StreamLength, () => CopyAsync(nodes)));
            Add("bare SslStream: handshakes/s", await PerSecondAsync(Handshakes, async () => await CloseAsync(await bare.ConnectAsync())));
            Add("stream: opened and closed/s", await PerSecondAsync(Handshakes, () => OpenAsync(nodes)));
            Add("SHA-256 on one core: MB/s", await RateAsync(StreamLength, () => Task.Run(Hash)));
            foreach (int providers in new[] { 1, MostProviders })
            {
                while (shared.Count < providers)
                {
                    shared.Add(await nodes[shared.Count].PublishContentAsync(path));
                    key = shared[0].Key;
                }

                Add($"content from {providers}: MB/s", await RateAsync(megabytes * 1024L * 1024, () => nodes[^1].FetchContentAsync(key, copy)));
                File.Delete(copy);
            }

            while (shared.Count > 0)
            {
                await shared[^1].DisposeAsync();
                shared.RemoveAt(shared.Count - 1);
            }

            if (round == 0)
            {
                figures.Clear(); // Its code was compiled meanwhile.
            }
        }

        double plain = Median("bare SslStream: MB/s");
        sheet.AtLeast("stream, to a bare SslStream", Median("stream: MB/s") / plain, Share, "{0:0.00}");
        sheet.AtLeast("content from 1 provider, to a bare SslStream", Median("content from 1: MB/s") / plain, Share, "{0:0.00}");
        sheet.AtLeast($"content from {MostProviders} providers, to a bare SslStream", Median($"content from {MostProviders}: MB/s") / plain, Share, "{0:0.00}");
        sheet.AtMost("most memory of the process, MiB (both sides)", Process.GetCurrentProcess().PeakWorkingSet64 / 1024.0 / 1024, 2 * MostMemory, "{0:N0}");
        foreach (string name in figures.Keys)
        {
            sheet.Note(name, Median(name), "{0:N0}");
        }

        await Task.WhenAll(nodes.Select(n => n.DisposeAsync().AsTask()));
        return sheet.IsReached;

        void Add(string name, double figure)
        {
            figures.TryAdd(name, []);
            figures[name].Add(figure);
        }

        double Median(string name) => figures[name].Order().ElementAt(figures[name].Count / 2);
    }

    private static async Task<KademliaNode> StartAsync(KademliaNode? first) => await KademliaNode.StartAsync(new KademliaOptions
    {
        ListenAddresses = [IPAddress.Loopback],
        Bootstrap = first is null ? [] : [first.LocalEndPoints[0].ToString()],
    });

    private static async Task WriteAsync(string path, int megabytes)
    {
        byte[] block = new byte[1024 * 1024];
        new Random(1).NextBytes(block);
        using FileStream file = File.Create(path);
        for (int i = 0; i < megabytes; i++)
        {
            BitConverter.TryWriteBytes(block, i);
            await file.WriteAsync(block);
        }
    }

    private static async Task<double> RateAsync(long bytes, Func<Task> copy)
    {
        long began = Stopwatch.GetTimestamp();
        await copy();
        return bytes / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static void Hash()
    {
        byte[] chunk = new byte[Chunk];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long hashed = 0; hashed < StreamLength; hashed += Chunk)
        {
            hash.AppendData(chunk);
        }
    }

    private static async Task<double> PerSecondAsync(int count, Func<Task> action)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            await action();
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task CopyBareAsync(BareTls bare)
    {
        (SslStream here, SslStream there) = await bare.ConnectAsync();
        Task writing = Task.Run(async () =>
        {
            byte[] chunk = new byte[Chunk];
            for (long written = 0; written < StreamLength; written += Chunk)
            {
                await there.WriteAsync(chunk);
            }

            await there.ShutdownAsync();
        });
        byte[] buffer = new byte[Chunk];
        while (await here.ReadAsync(buffer) > 0)
        {
            // What arrives is not looked at.
        }

        await writing;
        await CloseAsync((here, there));
    }

    private static async Task CloseAsync((SslStream Here, SslStream There) connection)
    {
        await connection.Here.DisposeAsync();
        await connection.There.DisposeAsync();
    }

    private static async Task CopyAsync(List<KademliaNode> nodes)
    {
        await using PeerConnection stream = await nodes[^1].ConnectAsync(new Contact(nodes[0].Id, nodes[0].LocalEndPoints[0]), "source");
        await stream.Output.CompleteAsync();
        ReadResult read;
        do
        {
            read = await stream.Input.ReadAsync();
            stream.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private static async Task OpenAsync(List<KademliaNode> nodes)
    {
        await using PeerConnection stream = await nodes[^1].ConnectAsync(new Contact(nodes[0].Id, nodes[0].LocalEndPoints[0]), "nothing");
        await stream.Output.CompleteAsync();
    }

    private static async Task FillAsync(PipeWriter writer, CancellationToken token)
    {
        for (long written = 0; written < StreamLength; written += Chunk)
        {
            writer.GetMemory(Chunk);
            writer.Advance(Chunk);
            await writer.FlushAsync(token);
        }
    }
}
