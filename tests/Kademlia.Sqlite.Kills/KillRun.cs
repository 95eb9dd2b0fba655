using System.Diagnostics;
using System.Globalization;

namespace Kademlia.Sqlite.Kills;

/// <summary>Kills a node under load by its process id, again and again, and looks each time for all that it ever acknowledged.</summary>
/// <remarks>A killed process leaves the operating system's memory as it was: this shows what SQLite and the store do, not what the disk does.</remarks>
internal sealed class KillRun(string folder)
{
    /// <summary>A round ends after at most so many acknowledged puts.</summary>
    private const int MostPuts = 300;

    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly Random _random = new(1);

    /// <summary>A put whose sequence does not follow those before it, if there was one.</summary>
    private string? _reissued;

    /// <summary>How many puts have been acknowledged.</summary>
    public long Puts { get; private set; }

    public static string StoreIn(string folder) => Path.Combine(folder, "records.db");

    /// <summary>Runs rounds and prints what came of them; false when a record was missing.</summary>
    public static async Task<bool> RunInTemporaryFolderAsync(int rounds, TextWriter output)
    {
        string folder = Directory.CreateTempSubdirectory("kademlia-").FullName;
        try
        {
            KillRun run = new(folder);
            for (int round = 1; round <= rounds; round++)
            {
                string? fault = await run.RunRoundAsync(CancellationToken.None);
                await output.WriteLineAsync(fault ?? $"{round} killed, {run.Puts} puts acknowledged, {run._acknowledged.Count} records, none missing");
                if (fault is not null)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Starts a node, kills it, and looks for its records.</summary>
    /// <returns>What is wrong; null when all is well.</returns>
    public async Task<string?> RunRoundAsync(CancellationToken cancellationToken)
    {
        using Process victim = Start();
        try
        {
            string? greeting = await victim.StandardOutput.ReadLineAsync(cancellationToken);
            if (FindFault(greeting) is string fault)
            {
                return fault;
            }

            await ReadAsync(victim, _random.Next(MostPuts), cancellationToken);
        }
        finally
        {
            victim.Kill();
        }

        await ReadAsync(victim, int.MaxValue, cancellationToken);
        await victim.WaitForExitAsync(cancellationToken);
        return FindFault();
    }

    /// <summary>Looks whether a node that has started goes on publishing all that it published.</summary>
    private string? FindFault(string? greeting) =>
        greeting?.StartsWith(Victim.Ready, StringComparison.Ordinal) != true ? "The node did not start."
        : int.Parse(greeting[Victim.Ready.Length..], CultureInfo.InvariantCulture) < _acknowledged.Count ? $"Of {_acknowledged.Count} leases: {greeting}"
        : null;

    private Process Start()
    {
        string host = Environment.ProcessPath is string path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        ProcessStartInfo start = new(host, [typeof(Victim).Assembly.Location, "victim", folder]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    /// <summary>Reads what was acknowledged; the end comes with that of the process.</summary>
    private async Task ReadAsync(Process victim, int most, CancellationToken cancellationToken)
    {
        for (int i = 0; i < most && await victim.StandardOutput.ReadLineAsync(cancellationToken) is string line; i++)
        {
            string[] parts = line.Split(' ');
            long sequence = long.Parse(parts[1], CultureInfo.InvariantCulture);
            _reissued ??= sequence <= _acknowledged.GetValueOrDefault(parts[0]) ? line : null;
            _acknowledged[parts[0]] = sequence;
            Puts++;
        }
    }

    /// <summary>Looks for each record among those that the node holds, and among those that it goes on publishing.</summary>
    private string? FindFault()
    {
        using SqliteRecordStore store = SqliteRecordStore.Open(StoreIn(folder));
        Dictionary<string, long> held = store.Load().ToDictionary(record => record.Key.ToString(), record => record.Sequence);
        Dictionary<string, long> published = store.LoadState().Own
            .Where(own => own.Kept is not null).ToDictionary(own => own.Key.ToString(), own => Math.Min(own.Sequence, own.Kept!.Sequence));
        return store.SetAside is not null ? "The file was damaged."
            : _reissued is not null ? $"A sequence was given again: {_reissued}"
            : FindMissing(held, "held") ?? FindMissing(published, "published");
    }

    private string? FindMissing(Dictionary<string, long> found, string how)
    {
        string[] missing = [.. _acknowledged.Where(put => found.GetValueOrDefault(put.Key) < put.Value).Select(put => $"{put.Key} {put.Value}")];
        return missing.Length > 0 ? $"{missing.Length} acknowledged records are not {how}: {string.Join(", ", missing)}" : null;
    }
}
