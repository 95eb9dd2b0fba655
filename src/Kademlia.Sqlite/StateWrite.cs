namespace Kademlia.Sqlite;

/// <summary>A write of what the node is to know of itself.</summary>
/// <param name="length">How many bytes are written.</param>
/// <param name="make">Writes them into the file.</param>
internal sealed class StateWrite(int length, Action<StoreFile> make) : QueuedWrite
{
    public override int Weight { get; } = Overhead + length;

    public void MakeIn(StoreFile file) => make(file);
}
