using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Kademlia.Admission;
using Kademlia.Wire;

namespace Kademlia.Tests.Wire;

public sealed class SealerTests : IDisposable
{
    private const ulong Network = 1;

    private static readonly byte[] Key = [.. Enumerable.Range(0, Sealer.KeyLength).Select(i => (byte)i)];

    private readonly Sealer _alice = new(Key, Network, 0xa);
    private readonly Sealer _bob = new(Key, Network, 0xb);
    private readonly byte[] _plain = new byte[Codec.MaxMessageLength];

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public void TryOpen_WhatAMemberSealed_IsTheMessage() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), message =>
        {
            byte[] datagram = Seal(_alice, [1, .. message]);
            return datagram.Length == message.Length + 1 + Sealer.Overhead
                && _bob.TryOpen(datagram, _plain, out int length) == SealOutcome.Ok
                && _plain.AsSpan(0, length).SequenceEqual((byte[])[1, .. message]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Overhead_WithTheLongestMessage_IsTheLongestDatagram() =>
        Assert.Equal(1200, Seal(_alice, new byte[Codec.MaxMessageLength]).Length);

    [Fact]
    public void TryOpen_AnyBitFlipped_IsJunk()
    {
        byte[] datagram = Seal(_alice, [1, 2, 3]);
        for (int bit = 0; bit < 8 * datagram.Length; bit++)
        {
            byte[] tampered = [.. datagram];
            tampered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(SealOutcome.Junk, _bob.TryOpen(tampered, _plain, out int length));
            Assert.Equal(0, length);
        }

        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(datagram, _plain, out _));
    }

    [Fact]
    public void TryOpen_ByAnotherKeyOrNetwork_IsJunk()
    {
        using Sealer otherKey = new(new byte[Sealer.KeyLength], Network, 0xc);
        using Sealer otherNetwork = new(Key, Network + 1, 0xc);
        Assert.Equal(SealOutcome.Junk, _bob.TryOpen(Seal(otherKey, [1]), _plain, out _));
        Assert.Equal(SealOutcome.Junk, _bob.TryOpen(Seal(otherNetwork, [1]), _plain, out _));
    }

    [Fact]
    public void TryOpen_ARightCheckOverAnAlteredMessage_IsForgedAndLeavesNoTrace()
    {
        byte[] datagram = Seal(_alice, [1, 2, 3]);
        foreach (int altered in new[] { datagram.Length - 1, datagram.Length - 17, 3 })
        {
            byte[] forged = [.. datagram];
            forged[altered] ^= 1;
            WriteCheck(forged);
            Assert.Equal(SealOutcome.Forged, _bob.TryOpen(forged, _plain, out int length));
            Assert.Equal(0, length);
        }

        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(datagram, _plain, out _));
    }

    [Fact]
    public void TryOpen_Twice_IsReplayed()
    {
        byte[] datagram = Seal(_alice, [1]);
        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(datagram, _plain, out _));
        Assert.Equal(SealOutcome.Replayed, _bob.TryOpen(datagram, _plain, out int length));
        Assert.Equal(0, length);
    }

    [Fact]
    public void TryOpen_OutOfOrder_IsOpenedOnceEach()
    {
        byte[][] datagrams = [.. Enumerable.Range(0, 100).Select(i => Seal(_alice, [(byte)i]))];
        foreach (byte[] datagram in datagrams.Reverse())
        {
            Assert.Equal(SealOutcome.Ok, _bob.TryOpen(datagram, _plain, out _));
        }

        Assert.All(datagrams, datagram => Assert.Equal(SealOutcome.Replayed, _bob.TryOpen(datagram, _plain, out _)));
    }

    [Fact]
    public void TryOpen_OurOwn_IsReplayed() => Assert.Equal(SealOutcome.Replayed, _alice.TryOpen(Seal(_alice, [1]), _plain, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(1201)]
    public void TryOpen_OfAWrongLength_IsMalformed(int length) =>
        Assert.Equal(SealOutcome.Malformed, _bob.TryOpen(new byte[length], _plain, out _));

    [Fact]
    public void TryOpen_ArbitraryBytes_IsJunkAndAllocatesNothing() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            byte[] datagram = [.. new byte[Sealer.Overhead], .. bytes, 1];
            _bob.TryOpen(datagram, _plain, out _);
            long before = GC.GetAllocatedBytesForCurrentThread();
            SealOutcome outcome = _bob.TryOpen(datagram, _plain, out _);
            return outcome == SealOutcome.Junk && GC.GetAllocatedBytesForCurrentThread() == before;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Seal_And_TryOpen_OfAKnownSender_AllocateNothing()
    {
        byte[] datagram = new byte[100];
        byte[] message = new byte[50];
        _bob.TryOpen(Seal(_alice, message), _plain, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = _alice.Seal(message, datagram);
        SealOutcome outcome = _bob.TryOpen(datagram.AsSpan(0, length), _plain, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(SealOutcome.Ok, outcome);
    }

    [Fact]
    public void Seal_IntoTooLittleRoom_IsZeroAndUsesNoCounter()
    {
        Assert.Equal(0, _alice.Seal([1], new byte[Sealer.Overhead]));
        Assert.Equal(0, Seal(_alice, [1])[15]);
    }

    [Fact]
    public void TryOpen_MoreSendersThanPlaces_ForgetsTheLeastRecentlyHeard()
    {
        byte[] first = Seal(_alice, [1]);
        byte[] again = Seal(_alice, [2]);
        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(first, _plain, out _));
        HearStrangers(from: 0x1000, count: Sealer.MaxSenders - 1);
        Assert.Equal(SealOutcome.Replayed, _bob.TryOpen(first, _plain, out _));
        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(again, _plain, out _));

        HearStrangers(from: 0x10000, count: Sealer.MaxSenders - 1);
        Assert.Equal(SealOutcome.Replayed, _bob.TryOpen(first, _plain, out _));
        HearStrangers(from: 0x20000, count: 1);
        Assert.Equal(SealOutcome.Ok, _bob.TryOpen(first, _plain, out _));
    }

    private static byte[] Seal(Sealer sealer, byte[] message)
    {
        byte[] datagram = new byte[message.Length + Sealer.Overhead];
        Assert.Equal(datagram.Length, sealer.Seal(message, datagram));
        return datagram;
    }

    /// <summary>As PROTOCOL.md says in section 8: anybody who has the network key can, and nobody else.</summary>
    private static void WriteCheck(byte[] datagram)
    {
        byte[] network = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(network, Network);
        byte[] checkKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, Key, 16, network, "kademlia check"u8.ToArray());
        ulong check = SipHash.Hash(
            BinaryPrimitives.ReadUInt64LittleEndian(checkKey),
            BinaryPrimitives.ReadUInt64LittleEndian(checkKey.AsSpan(sizeof(ulong))),
            datagram.AsSpan(3));
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, check);
        bytes.AsSpan(0, 3).CopyTo(datagram);
    }

    private void HearStrangers(ulong from, int count)
    {
        for (ulong bootId = from; bootId < from + (ulong)count; bootId++)
        {
            using Sealer stranger = new(Key, Network, bootId);
            Assert.Equal(SealOutcome.Ok, _bob.TryOpen(Seal(stranger, [1]), _plain, out _));
        }
    }
}
