using Kademlia.Records;
using Kademlia.Wire;

namespace Kademlia.Sqlite;

/// <summary>A record in the bytes of a row: as it travels (<see cref="RecordFormat"/>), and <see cref="Checked"/>.</summary>
internal static class RowFormat
{
    public static int LengthOf(Record record) => RecordFormat.LengthOf(record.View) + Checked.Overhead;

    public static byte[] Write(Record record)
    {
        byte[] bytes = new byte[LengthOf(record)];
        MessagePackWriter writer = new(bytes);
        RecordFormat.Write(ref writer, record.View);
        Checked.Seal(bytes);
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when the bytes are anything else.</summary>
    public static Record? Read(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> bytes = Checked.Open(row);
        MessagePackReader reader = new(bytes);
        return RecordFormat.TryRead(ref reader, Record.MaxValueLength, out RecordSlices slices) && RecordFormat.IsKnown(slices) && reader.IsAtEnd
            ? new Record(slices.On(bytes))
            : null;
    }
}
