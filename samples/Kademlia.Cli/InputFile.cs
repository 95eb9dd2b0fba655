namespace Kademlia.Cli;

/// <summary>Reads small files, and says in one sentence why it cannot.</summary>
internal static class InputFile
{
    /// <summary>The whole file, or null when it is longer: no more than a byte too many is read.</summary>
    public static byte[]? ReadUpTo(int maxLength, string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[maxLength + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= maxLength ? bytes[..length] : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.WrongUsage, $"There is no file {path}: check the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.WrongUsage, $"The file {path} cannot be read, check its permissions: {e.Message}");
        }
    }
}
