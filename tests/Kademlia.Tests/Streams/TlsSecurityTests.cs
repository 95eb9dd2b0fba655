using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kademlia.Streams;
using Kademlia.Wire;

namespace Kademlia.Tests.Streams;

/// <summary>Who is let through, and who is not.</summary>
public sealed class TlsSecurityTests : IDisposable
{
    private const int Patience = 60_000;

    private static readonly ulong Network = NetworkTag.Of("test");

    private readonly NodeIdentity _alice = NodeIdentity.Create();
    private readonly NodeIdentity _bob = NodeIdentity.Create();
    private readonly NodeIdentity _mallory = NodeIdentity.Create();
    private readonly List<IDisposable> _owned = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_sides_learn_who_the_other_is_and_agree_on_a_nonce(bool isPrivate)
    {
        byte[] key = isPrivate ? RandomNumberGenerator.GetBytes(Sealer.KeyLength) : [];
        (SecureConnection dialled, SecureConnection accepted) = await ConnectAsync(key);
        Assert.Equal((_bob.Id, _alice.Id), (dialled.Peer, accepted.Peer));
        Assert.Equal(dialled.Nonce, accepted.Nonce);
        Assert.Equal(isPrivate, dialled.Nonce != default);
    }

    [Fact(Timeout = Patience)]
    public async Task Another_id_than_the_one_wanted_is_refused_by_name()
    {
        (Stream here, Stream there) = await PairAsync();
        Task accepting = Secure(_bob).AcceptAsync(there, Token);
        IOException failure = await Assert.ThrowsAsync<IOException>(() => Secure(_alice).DialAsync(here, _mallory.Id, Token));
        Assert.Contains($"is node {_bob.Id}, not {_mallory.Id}", failure.Message, StringComparison.Ordinal);
        here.Dispose();
        await Xunit.Record.ExceptionAsync(() => accepting);
    }

    [Fact(Timeout = Patience)]
    public async Task An_id_that_was_too_cheap_is_refused()
    {
        (Stream here, Stream there) = await PairAsync();
        TlsSecurity demanding = Own(new TlsSecurity(_bob, 24, Member(_bob, [])));
        Task dialling = Secure(_alice).DialAsync(here, _bob.Id, Token);
        IOException failure = await Assert.ThrowsAsync<IOException>(() => demanding.AcceptAsync(there, Token));
        Assert.Contains("difficulty", failure.Message, StringComparison.Ordinal);
        there.Dispose();
        await Xunit.Record.ExceptionAsync(() => dialling);
    }

    [Fact(Timeout = Patience)]
    public async Task Who_shows_no_certificate_or_one_of_another_kind_of_key_is_refused()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=kademlia", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 foreign = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        foreach (X509Certificate2? certificate in new[] { null, foreign })
        {
            (Stream here, Stream there) = await PairAsync();
            using SslStream tls = new(here);
            Task authenticating = tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = string.Empty,
                    ApplicationProtocols = [new SslApplicationProtocol("kademlia/1")],
                    ClientCertificates = certificate is null ? null : new X509CertificateCollection { certificate },
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                },
                Token);
            await Assert.ThrowsAsync<IOException>(() => Secure(_bob).AcceptAsync(there, Token));
            there.Dispose();
            await Xunit.Record.ExceptionAsync(() => authenticating);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Who_does_not_offer_the_protocol_over_TLS_is_refused()
    {
        (Stream here, Stream there) = await PairAsync();
        using SslStream tls = new(here);
        using X509Certificate2 certificate = NodeCertificate.Create(_alice);
        Task authenticating = tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = string.Empty,
                ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
            Token);
        IOException failure = await Assert.ThrowsAsync<IOException>(() => Secure(_bob).AcceptAsync(there, Token));
        Assert.Contains("does not speak this protocol", failure.Message, StringComparison.Ordinal);
        await authenticating;
    }

    [Fact(Timeout = Patience)]
    public async Task An_end_is_read_as_an_end_and_a_cut_as_a_cut()
    {
        (SecureConnection ending, SecureConnection reading) = await ConnectAsync([]);
        await ending.WriteAsync("all"u8.ToArray(), Token);
        await ending.EndAsync();
        Assert.Equal(3, await reading.ReadAsync(new byte[10], Token));
        Assert.Equal(0, await reading.ReadAsync(new byte[10], Token));

        (SecureConnection cut, SecureConnection cheated) = await ConnectAsync([]);
        await cut.WriteAsync("a part"u8.ToArray(), Token);
        cut.Dispose();
        Assert.Equal(6, await cheated.ReadAsync(new byte[10], Token));
        await Assert.ThrowsAsync<IOException>(async () => await cheated.ReadAsync(new byte[10], Token));
    }

    [Fact(Timeout = Patience)]
    public async Task A_stranger_who_lets_the_hellos_pass_cannot_take_a_members_place()
    {
        byte[] key = RandomNumberGenerator.GetBytes(Sealer.KeyLength);
        (Stream alices, Stream mallorysToAlice) = await PairAsync();
        (Stream mallorysToBob, Stream bobs) = await PairAsync();
        Task dialling = Secure(_alice, key).DialAsync(alices, _bob.Id, Token);
        Task<SecureConnection> accepting = Secure(_bob, key).AcceptAsync(bobs, Token);
        byte[] hello = new byte[SealedHello.Length + Sealer.Overhead];
        await mallorysToAlice.ReadExactlyAsync(hello, Token);
        await mallorysToBob.WriteAsync(hello, Token);
        await mallorysToBob.ReadExactlyAsync(hello, Token);

        // From here on Mallory speaks for herself.
        Task mallory = Secure(_mallory).DialAsync(mallorysToBob, _bob.Id, Token);
        IOException failure = await Assert.ThrowsAsync<IOException>(() => accepting);
        Assert.Contains($"is node {_mallory.Id}, not {_alice.Id}", failure.Message, StringComparison.Ordinal);
        bobs.Dispose();
        mallorysToAlice.Dispose();
        await Xunit.Record.ExceptionAsync(() => mallory);
        await Assert.ThrowsAnyAsync<IOException>(() => dialling);
    }

    [Fact(Timeout = Patience)]
    public async Task A_hello_that_is_repeated_or_meant_for_another_draws_not_a_byte()
    {
        byte[] key = RandomNumberGenerator.GetBytes(Sealer.KeyLength);
        TlsSecurity bob = Secure(_bob, key);
        byte[] hello = await HelloOfAsync(Secure(_alice, key), _bob.Id);
        Assert.True(await IsAnsweredAsync(bob, hello));
        Assert.False(await IsAnsweredAsync(bob, hello));
        Assert.False(await IsAnsweredAsync(bob, await HelloOfAsync(Secure(_alice, key), _mallory.Id)));
        Assert.False(await IsAnsweredAsync(bob, await HelloOfAsync(Secure(_alice, RandomNumberGenerator.GetBytes(Sealer.KeyLength)), _bob.Id)));
        Assert.True(await IsAnsweredAsync(bob, await HelloOfAsync(Secure(_alice, key), _bob.Id)));
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _alice.Dispose();
        _bob.Dispose();
        _mallory.Dispose();
    }

    private async Task<byte[]> HelloOfAsync(TlsSecurity dialler, NodeId wanted)
    {
        (Stream here, Stream there) = await PairAsync();
        Task dialling = dialler.DialAsync(here, wanted, Token);
        byte[] hello = new byte[SealedHello.Length + Sealer.Overhead];
        await there.ReadExactlyAsync(hello, Token);
        there.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(() => dialling);
        return hello;
    }

    private async Task<bool> IsAnsweredAsync(TlsSecurity listener, byte[] hello)
    {
        (Stream here, Stream there) = await PairAsync();
        Task accepting = listener.AcceptAsync(there, Token);
        _ = accepting.ContinueWith(_ => there.Dispose(), TaskScheduler.Default);
        await here.WriteAsync(hello, Token);
        bool answered = await here.ReadAsync(new byte[1], Token) > 0;
        here.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(() => accepting);
        return answered;
    }

    private async Task<(SecureConnection Dialled, SecureConnection Accepted)> ConnectAsync(byte[] key)
    {
        (Stream here, Stream there) = await PairAsync();
        Task<SecureConnection> dialling = Secure(_alice, key).DialAsync(here, _bob.Id, Token);
        SecureConnection accepted = Own(await Secure(_bob, key).AcceptAsync(there, Token));
        return (Own(await dialling), accepted);
    }

    private TlsSecurity Secure(NodeIdentity identity, byte[]? key = null) => Own(new TlsSecurity(identity, 0, Member(identity, key ?? [])));

    private static Membership Member(NodeIdentity identity, byte[] key) => new(identity.Id, Network, key, new CryptoRandom());

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private async Task<(Stream Here, Stream There)> PairAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        TcpClient here = Own(new TcpClient());
        await here.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        TcpClient there = Own(await listener.AcceptTcpClientAsync(Token));
        return (here.GetStream(), there.GetStream());
    }
}
