namespace Kademlia.Cli;

/// <summary>Where key pairs lie when <c>--identity</c> is left out.</summary>
/// <remarks>
/// A node that serves has a file of its own for each port, apart from the one that signs records: two running nodes
/// with one key pair have one id, and a node with our own id is nobody that we could ask.
/// </remarks>
internal static class IdentityFiles
{
    public static string Folder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "kademlia");

    /// <summary>The key pair that signs what this user puts.</summary>
    public static string ForWriter() => InFolder("identity.pem");

    /// <summary>The key pair of the node on a port; null, for a fresh one, where any port will do.</summary>
    public static string? ForNode(int port) => port == 0 ? null : InFolder($"node-{port}.pem");

    private static string InFolder(string name)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            return Path.Combine(Folder, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.WrongUsage, $"The folder {Folder} cannot be made; give --identity FILE, or --ephemeral to keep nothing.");
        }
    }
}
