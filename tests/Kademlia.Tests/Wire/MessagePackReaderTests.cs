using FsCheck;
using FsCheck.Fluent;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

public class MessagePackReaderTests
{
    [Theory]
    [InlineData("01", 1)]
    [InlineData("cc01", 1)]
    [InlineData("cd0001", 1)]
    [InlineData("ce00000001", 1)]
    [InlineData("cf0000000000000001", 1)]
    [InlineData("d001", 1)]
    [InlineData("d10001", 1)]
    [InlineData("d200000001", 1)]
    [InlineData("d30000000000000001", 1)]
    [InlineData("d0ff", -1)]
    [InlineData("d3ffffffffffffffff", -1)]
    public void TryReadInt64_AnyEncoding_IsTheNumber(string hex, long expected)
    {
        MessagePackReader reader = new(Convert.FromHexString(hex));
        Assert.True(reader.TryReadInt64(out long value));
        Assert.Equal(expected, value);
        reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(expected >= 0, reader.TryReadUInt64(out ulong unsigned));
        Assert.Equal(expected >= 0 ? (ulong)expected : 0UL, expected >= 0 ? unsigned : 0UL);
    }

    [Fact]
    public void TryReadInt64_AboveItsRange_IsRefused()
    {
        MessagePackReader reader = new(Convert.FromHexString("cf8000000000000000"));
        Assert.False(reader.TryReadInt64(out _));
        Assert.True(reader.TryReadUInt64(out ulong value));
        Assert.Equal(1UL << 63, value);
    }

    [Theory]
    [InlineData("c6ffffffff00")]
    [InlineData("c6800000000000")]
    [InlineData("dbffffffff00")]
    [InlineData("ddffffffff00")]
    [InlineData("dfffffffff00")]
    [InlineData("df8000000000")]
    [InlineData("c9ffffffff0000")]
    [InlineData("c1")]
    [InlineData("")]
    public void AnyVerb_OfALengthBeyondTheEnd_IsFalse(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        MessagePackReader reader = new(bytes);
        Assert.Equal(MessagePackType.None, reader.NextType);
        Assert.False(reader.TrySkip());
        Assert.False(reader.TryReadBinary(out _) || reader.TryReadString(out _) || reader.TryReadArrayHeader(out _));
        Assert.False(reader.TryReadMapHeader(out _) || reader.TryReadExtension(out _, out _) || reader.TryReadTimestamp(out _, out _));
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData("d6ff3b9aca00", true)]
    [InlineData("d7ffee6b27fc00000000", true)]
    [InlineData("d7ffee6b280000000000", false)]
    [InlineData("c70cff3b9aca000000000000000000", false)]
    [InlineData("c70cff3b9ac9ff0000000000000000", true)]
    [InlineData("d60000000000", false)]
    [InlineData("d5ff0000", false)]
    public void TryReadTimestamp_OfASecondOfNanoseconds_IsRefused(string hex, bool valid)
    {
        MessagePackReader reader = new(Convert.FromHexString(hex));
        Assert.Equal(valid, reader.TryReadTimestamp(out _, out _));
        Assert.Equal(valid, reader.IsAtEnd);
    }

    [Theory]
    [InlineData(MessagePackReader.MaxDepth, true)]
    [InlineData(MessagePackReader.MaxDepth + 1, false)]
    public void TrySkip_NestedArrays_StopsAtTheDepth(int depth, bool skipped)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0x91, depth - 1), 0x90];
        MessagePackReader reader = new(bytes);
        Assert.Equal(skipped, reader.TrySkip());
        Assert.Equal(skipped ? depth : 0, reader.Position);
    }

    [Theory]
    [InlineData(MessagePackReader.MaxTokens, true)]
    [InlineData(MessagePackReader.MaxTokens + 1, false)]
    public void TrySkip_ManyValues_StopsAtTheCount(int tokens, bool skipped)
    {
        byte[] bytes = [0xdc, (byte)((tokens - 1) >> 8), (byte)(tokens - 1), .. Enumerable.Repeat((byte)0xc0, tokens - 1)];
        MessagePackReader reader = new(bytes);
        Assert.Equal(skipped, reader.TrySkip());
    }

    [Fact]
    public void TrySkip_MapsInArraysInMaps_EndsBehindAll()
    {
        MessagePackReader reader = new(Convert.FromHexString("82a16192010281c0c390c0"));
        Assert.True(reader.TrySkip());
        Assert.True(reader.TryReadNil());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void EveryVerb_OfAnyBytes_NeitherThrowsNorAllocatesNorMovesWhenItFails() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Try(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool consistent = Try(bytes);
            return consistent && GC.GetAllocatedBytesForCurrentThread() == before;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_WrittenAndRead_AreTheSame() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(long, double, int)>(), values =>
        {
            (long integer, double number, int shift) = values;
            long wide = integer << (shift & 63);
            Span<byte> bytes = stackalloc byte[18];
            MessagePackWriter writer = new(bytes);
            writer.WriteInt64(wide);
            writer.WriteDouble(number);
            MessagePackReader reader = new(bytes[..writer.Position]);
            return reader.TryReadInt64(out long readInteger)
                && reader.TryReadDouble(out double readNumber)
                && readInteger == wide
                && readNumber.Equals(number)
                && (wide < 0 || MessagePackWriter.LengthOf(wide) == writer.Position - 9);
        }).QuickCheckThrowOnFailure();

    private static bool Try(ReadOnlySpan<byte> bytes)
    {
        MessagePackReader reader = new(bytes);
        bool consistent = true;
        int position;
        do
        {
            position = reader.Position;
            bool moved = reader.TryReadNil() || reader.TryReadBoolean(out _) || reader.TryReadInt64(out _)
                || reader.TryReadUInt64(out _) || reader.TryReadSingle(out _) || reader.TryReadDouble(out _)
                || reader.TryReadString(out _) || reader.TryReadBinary(out _) || reader.TryReadArrayHeader(out _)
                || reader.TryReadMapHeader(out _) || reader.TryReadTimestamp(out _, out _) || reader.TryReadExtension(out _, out _);
            consistent &= moved == (reader.Position > position);
        }
        while (reader.Position > position);
        MessagePackReader skipper = new(bytes);
        consistent &= skipper.TrySkip() || skipper.Position == 0;
        return consistent;
    }
}
