namespace Kademlia.Sqlite;

/// <summary>A record and the row that keeps it.</summary>
/// <param name="Id">The row's number, which it keeps when its record is replaced.</param>
/// <param name="Record">What it holds.</param>
internal sealed record Row(long Id, Record Record)
{
    public Slot Slot => Slot.Of(Record);
}
