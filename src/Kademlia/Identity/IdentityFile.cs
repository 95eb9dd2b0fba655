using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kademlia.Identity;

/// <summary>A key pair in a file: PKCS#8 PEM, readable by its user alone.</summary>
internal static partial class IdentityFile
{
    /// <summary>The longest file that is read; a P-256 key takes 241 bytes, and room for comments is left.</summary>
    public const int MaxFileLength = 16 * 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>EEXIST, the same number on Linux, macOS and the BSDs.</summary>
    private const int FileExists = 17;

    /// <summary>Reads a key pair.</summary>
    /// <exception cref="KademliaException">The file is missing, unreadable or not a P-256 key pair; the message says what to do.</exception>
    public static SigningKey Read(string path)
    {
        string text = ReadText(path);
        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(text);
            ECParameters parameters = ecdsa.ExportParameters(includePrivateParameters: true);
            CryptographicOperations.ZeroMemory(parameters.D);
            return parameters.Curve.Oid.Value == EcdsaP256Key.CurveOid
                ? new EcdsaP256Key(ecdsa)
                : throw new CryptographicException("its key is on another curve.");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            ecdsa.Dispose();
            throw new KademliaException(
                $"The identity file '{path}' does not hold an unencrypted P-256 private key in PEM ({exception.Message}) "
                + "Restore it from a backup, name another file, or delete it to continue under a new id.",
                exception);
        }
    }

    /// <summary>Writes a key pair where there is no file yet, all of it or nothing.</summary>
    /// <returns>False when there was a file already; it is untouched.</returns>
    /// <exception cref="KademliaException">The file cannot be written; the message says what to do.</exception>
    public static bool TryWriteNew(string path, SigningKey key)
    {
        string temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            CreateDirectoryOf(path);
            WriteText(temporary, key.ExportPem());
            return TryMove(temporary, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KademliaException(
                $"The identity file '{path}' cannot be written: {exception.Message} "
                + "Give this user the right to write there, or name another file.",
                exception);
        }
        finally
        {
            DeleteIfThere(temporary);
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= MaxFileLength
                ? File.ReadAllText(path)
                : throw new IOException($"it has {length} bytes, more than the {MaxFileLength} that a key pair can need.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KademliaException(
                $"The identity file '{path}' cannot be read: {exception.Message} "
                + "Name an existing file that this user may read, or let a new identity be created.",
                exception);
        }
    }

    private static void CreateDirectoryOf(string path)
    {
        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
        }
    }

    private static void WriteText(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using FileStream stream = new(path, options);
        using StreamWriter writer = new(stream);
        writer.Write(text);
        writer.Write('\n');
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }

    // File.Delete alone is content with a missing file, but not with a missing folder.
    private static void DeleteIfThere(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    // On Unix File.Move looks whether there is a file and then renames over it, so that of two at once both would win. A link is made or not.
    private static bool TryMove(string source, string destination)
    {
        if (!OperatingSystem.IsWindows())
        {
            bool linked = Link(source, destination) == 0;
            if (linked || Marshal.GetLastPInvokeError() == FileExists)
            {
                return linked;
            }
        }

        try
        {
            File.Move(source, destination, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(destination))
        {
            return false;
        }
    }

    /// <summary>link(2) of POSIX.</summary>
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string created);
}
