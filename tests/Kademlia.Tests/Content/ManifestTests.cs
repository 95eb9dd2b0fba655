using Kademlia.Content;

namespace Kademlia.Tests.Content;

public sealed class ManifestTests
{
    private static readonly byte[] Root = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(BlockShape.MaxLength - 1)]
    public void TryRead_WhatWasWritten_IsTheSame(long length)
    {
        Manifest? read = Manifest.TryRead(new Manifest(new BlockShape(length), Root).Write());
        Assert.NotNull(read);
        Assert.Equal(length, read.Shape.Length);
        Assert.Equal(Root, read.Root.ToArray());
    }

    [Fact]
    public void TryRead_AnotherForm_IsNone()
    {
        byte[] right = new Manifest(new BlockShape(5), Root).Write();
        Assert.Null(Manifest.TryRead([]));
        Assert.Null(Manifest.TryRead("a value"u8));
        Assert.Null(Manifest.TryRead([.. right, 0xC0]));
        Assert.Null(Manifest.TryRead([0x94, .. right[1..], 0xC0]));
        Assert.Null(Manifest.TryRead(right.AsSpan(0, right.Length - 1)));
        Assert.Null(Manifest.TryRead([.. right[..17], 0xCC, 5, .. right[18..]]));
        Assert.Null(Manifest.TryRead(new Manifest(new BlockShape(BlockShape.MaxLength), Root).Write()));
        Assert.Null(Manifest.TryRead(new Manifest(new BlockShape(5), Root.AsMemory(1)).Write()));
    }

    [Fact]
    public void ProvidersOf_AKey_IsTheNameOfTheSpecification() => Assert.Equal(
        "kademlia/blocks/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", Manifest.ProvidersOf(new RecordKey(RecordKind.Content, new NodeId(Root))));
}
