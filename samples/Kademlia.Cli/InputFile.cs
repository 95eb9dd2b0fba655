using System.CommandLine.Parsing;

namespace Kademlia.Cli;

/// <summary>Looks for files and reads small ones, and says in one sentence why it cannot.</summary>
internal static class InputFile
{
    /// <summary>Refuses the path of a file that is not there, before anybody is asked anything.</summary>
    public static void MustExist(ArgumentResult path)
    {
        if (!File.Exists(path.Tokens[0].Value))
        {
            path.AddError(NoFile(path.Tokens[0].Value));
        }
    }

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
            throw new CliException(ExitCode.WrongUsage, NoFile(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.WrongUsage, $"The file {path} cannot be read, check its permissions: {e.Message}");
        }
    }

    private static string NoFile(string path) => $"There is no file {path}: check the path.";
}
