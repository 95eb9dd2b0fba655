using System.Security.Cryptography;

namespace Kademlia.Tests.Identity;

public sealed class NodeIdentityFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string KeyFile => _folder.File("node.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhatSaveWrote_IsTheSameIdentity()
    {
        using NodeIdentity saved = NodeIdentity.Create();
        saved.Save(KeyFile);
        using NodeIdentity loaded = NodeIdentity.Load(KeyFile);

        Assert.Equal(saved.Id, loaded.Id);
        Assert.Equal(saved.PublicKey.ToArray(), loaded.PublicKey.ToArray());
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(KeyFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OnUnix_LetsOnlyTheUserRead()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        identity.Save(KeyFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact]
    public void Save_ExistingFile_LeavesItAndSaysSo()
    {
        File.WriteAllText(KeyFile, "another key");
        using NodeIdentity identity = NodeIdentity.Create();

        KademliaException exception = Assert.Throws<KademliaException>(() => identity.Save(KeyFile));
        Assert.Contains("never overwrites", exception.Message, StringComparison.Ordinal);
        Assert.Equal("another key", File.ReadAllText(KeyFile));
        Assert.Equal([KeyFile], _folder.Files);
    }

    [Fact]
    public void Save_MissingFolder_IsMade()
    {
        string path = _folder.File("deep/er/node.pem");
        using NodeIdentity identity = NodeIdentity.Create();
        identity.Save(path);
        Assert.Equal([path], _folder.Files);
    }

    [Fact]
    public void Save_WhereAFileIsInTheWay_SaysWhatToDo()
    {
        File.WriteAllText(KeyFile, "");
        using NodeIdentity identity = NodeIdentity.Create();
        KademliaException exception = Assert.Throws<KademliaException>(() => identity.Save(Path.Combine(KeyFile, "node.pem")));
        Assert.Contains("name another file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysWhatToDo()
    {
        KademliaException exception = Assert.Throws<KademliaException>(() => NodeIdentity.Load(_folder.File("none.pem")));
        Assert.Contains("Name an existing file", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void Load_MalformedFile_SaysWhatToDo(string text) => AssertRefused(text);

    [Fact]
    public void Load_TruncatedFile_SaysWhatToDo()
    {
        using NodeIdentity identity = NodeIdentity.Create();
        identity.Save(KeyFile);
        string text = File.ReadAllText(KeyFile);
        for (int length = 0; length < text.Length - "-\n".Length; length += 7)
        {
            AssertRefused(text[..length]);
        }
    }

    [Fact]
    public void Load_KeyThatIsPublicEncryptedOrOfAnotherCurve_SaysWhatToDo()
    {
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        PbeParameters parameters = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1);

        AssertRefused(ecdsa.ExportSubjectPublicKeyInfoPem());
        AssertRefused(ecdsa.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));
        AssertRefused(wide.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public void Load_HugeFile_IsNotRead()
    {
        File.WriteAllText(KeyFile, new string(' ', 20_000));
        KademliaException exception = Assert.Throws<KademliaException>(() => NodeIdentity.Load(KeyFile));
        Assert.Contains("20000 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_IdTooEasy_SaysWhatToDo()
    {
        using NodeIdentity identity = CreateEasy();
        identity.Save(KeyFile);
        KademliaException exception = Assert.Throws<KademliaException>(() => NodeIdentity.Load(KeyFile, idDifficulty: 1));
        Assert.Contains("IdDifficulty", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOrCreate_Twice_IsTheSameIdentity()
    {
        using NodeIdentity created = NodeIdentity.LoadOrCreate(KeyFile, idDifficulty: 2);
        using NodeIdentity loaded = NodeIdentity.LoadOrCreate(KeyFile, idDifficulty: 2);
        Assert.Equal(created.Id, loaded.Id);
        Assert.Equal([KeyFile], _folder.Files);
    }

    [Fact]
    public void LoadOrCreate_MalformedFile_LeavesIt()
    {
        File.WriteAllText(KeyFile, "precious");
        Assert.Throws<KademliaException>(() => NodeIdentity.LoadOrCreate(KeyFile));
        Assert.Equal("precious", File.ReadAllText(KeyFile));
    }

    [Fact]
    public async Task LoadOrCreate_ManyAtOnce_AgreeOnOneIdentity()
    {
        NodeIdentity[] identities = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => NodeIdentity.LoadOrCreate(KeyFile))));
        Assert.Single(identities.Select(identity => identity.Id).Distinct());
        Assert.Equal([KeyFile], _folder.Files);
        Array.ForEach(identities, identity => identity.Dispose());
    }

    private static NodeIdentity CreateEasy()
    {
        while (true)
        {
            NodeIdentity identity = NodeIdentity.Create();
            if (!NodeIdentity.MeetsDifficulty(identity.Id, 1))
            {
                return identity;
            }

            identity.Dispose();
        }
    }

    private void AssertRefused(string text)
    {
        File.WriteAllText(KeyFile, text);
        KademliaException exception = Assert.Throws<KademliaException>(() => NodeIdentity.Load(KeyFile));
        Assert.Contains("Restore it from a backup", exception.Message, StringComparison.Ordinal);
    }
}
