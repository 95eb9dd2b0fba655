using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kademlia.Tests.Node;

/// <summary>One <c>kad</c> process. Whatever happens, it is gone when this is disposed.</summary>
internal sealed class KadProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private KadProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(Loopback.Token);
    }

    public static KadProcess Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in new[] { KadPath() }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return new KadProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<KadResult> RunAsync(params string[] arguments)
    {
        await using KadProcess kad = Start(arguments);
        return await kad.EndAsync();
    }

    /// <summary>The next line of what it prints; null at the end.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync(Loopback.Token);

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<KadResult> EndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync(Loopback.Token);
        await _process.WaitForExitAsync(Loopback.Token);
        return new KadResult(_process.ExitCode, output.TrimEnd(), await _errors);
    }

    /// <summary>Tells it to end, as a service manager does.</summary>
    public void Terminate()
    {
        if (Kill(_process.Id, Sigterm) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Ends it at once, without a word to the others.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>Beside the tests' own output: the same configuration and framework.</summary>
    private static string KadPath()
    {
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string root = Path.Combine(framework.FullName, "..", "..", "..", "..", "..");
        return Path.GetFullPath(Path.Combine(
            root, "samples", "Kademlia.Cli", "bin", framework.Parent!.Name, framework.Name, "kad.dll"));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}

/// <summary>What became of a <c>kad</c> process.</summary>
internal sealed record KadResult(int ExitCode, string Output, string Errors);
