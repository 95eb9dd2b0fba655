using Microsoft.Win32.SafeHandles;

namespace Kademlia.Content;

/// <summary>Content in a file.</summary>
internal sealed class FileBytes : ContentBytes
{
    private readonly SafeFileHandle _file;
    private readonly DateTime _lastWrite;
    private readonly long _length;

    private FileBytes(SafeFileHandle file)
    {
        _file = file;
        _lastWrite = File.GetLastWriteTimeUtc(file);
        _length = Length;
    }

    public override long Length => RandomAccess.GetLength(_file);

    public override bool IsUnchanged => Length == _length && File.GetLastWriteTimeUtc(_file) == _lastWrite;

    /// <summary>Opens a file that is there, to read it; others may read it too.</summary>
    public static FileBytes Open(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous));

    /// <summary>Opens or makes a file, to write it.</summary>
    public static FileBytes Make(string path) =>
        new(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous));

    public override async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int length = await RandomAccess.ReadAsync(_file, buffer, offset, cancellationToken).ConfigureAwait(false);
            buffer = length > 0 ? buffer[length..] : throw new EndOfStreamException();
            offset += length;
        }
    }

    public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        RandomAccess.WriteAsync(_file, buffer, offset, cancellationToken);

    public override ValueTask FinishAsync(long length, CancellationToken cancellationToken)
    {
        RandomAccess.SetLength(_file, length);
        RandomAccess.FlushToDisk(_file);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
