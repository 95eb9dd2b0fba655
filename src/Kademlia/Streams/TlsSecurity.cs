using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kademlia.Streams;

/// <summary>TLS by the node keys: PROTOCOL.md, 9.2 and 9.3.</summary>
internal sealed class TlsSecurity : IStreamSecurity
{
    private static readonly SslApplicationProtocol Alpn = new("kademlia/1");

    private readonly NodeId _self;
    private readonly int _difficulty;
    private readonly Membership _membership;
    private readonly Lazy<SslStreamCertificateContext> _certificate;

    public TlsSecurity(NodeIdentity identity, int idDifficulty, Membership membership)
    {
        _self = identity.Id;
        _difficulty = idDifficulty;
        _membership = membership;
        _certificate = new(() => SslStreamCertificateContext.Create(NodeCertificate.Create(identity), additionalCertificates: null, offline: true));
    }

    public async Task<SecureConnection> DialAsync(Stream connection, NodeId wanted, CancellationToken cancellationToken)
    {
        Peer peer = new(wanted, await _membership.DialAsync(connection, wanted, cancellationToken).ConfigureAwait(false));
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = string.Empty,
            ClientCertificateContext = _certificate.Value,
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = [Alpn],
            AllowRenegotiation = false,
            AllowTlsResume = false,
            CertificateChainPolicy = NoChain(),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsWanted(peer, certificate),
        };
        return await SecureAsync(connection, peer, tls => tls.AuthenticateAsClientAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    public async Task<SecureConnection> AcceptAsync(Stream connection, CancellationToken cancellationToken)
    {
        SealedHello? hello = await _membership.AcceptAsync(connection, cancellationToken).ConfigureAwait(false);
        Peer peer = new(hello?.Sender, hello?.Nonce ?? default);
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = _certificate.Value,
            ClientCertificateRequired = true,
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = [Alpn],
            AllowRenegotiation = false,
            AllowTlsResume = false,
            CertificateChainPolicy = NoChain(),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsWanted(peer, certificate),
        };
        return await SecureAsync(connection, peer, tls => tls.AuthenticateAsServerAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _membership.Dispose();
        if (_certificate.IsValueCreated)
        {
            _certificate.Value.TargetCertificate.Dispose();
        }
    }

    private static SslProtocols Protocols
    {
        [SuppressMessage("Security", "CA5398", Justification = "The platform's default would follow the machine's policy, which may be older than the protocol allows.")]
        get => SslProtocols.Tls12 | SslProtocols.Tls13;
    }

    /// <summary>No chain is built, nothing is downloaded, and no root is asked: the key is all that counts.</summary>
    private static X509ChainPolicy NoChain() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    private static async Task<SecureConnection> SecureAsync(Stream connection, Peer peer, Func<SslStream, Task> authenticate)
    {
        EndWatch watch = new(connection);
        SslStream tls = new(watch, leaveInnerStreamOpen: false);
        try
        {
            await authenticate(tls).ConfigureAwait(false);
            return tls.NegotiatedApplicationProtocol == Alpn && IsStrong(tls, isPrivate: peer.Nonce != default)
                ? new TlsConnection(tls, watch, peer.Id, peer.Nonce)
                : throw new IOException("The other side does not speak this protocol over TLS, or an old TLS.");
        }
        catch (AuthenticationException e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new IOException(peer.Refusal ?? "The other side does not speak this protocol over TLS, or refused our key.", e);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>TLS 1.3; or 1.2 with ephemeral keys and authenticated encryption, but not in private networks, since it shows certificates in the clear.</summary>
    private static bool IsStrong(SslStream tls, bool isPrivate) =>
        tls.SslProtocol == SslProtocols.Tls13
        || (!isPrivate && tls.NegotiatedCipherSuite is
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            or TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256);

    private bool IsWanted(Peer peer, X509Certificate? certificate)
    {
        peer.Refusal = !NodeCertificate.TryGetId(certificate, out NodeId id) ? "The other side shows no node's key."
            : peer.Wanted is NodeId wanted && id != wanted ? $"The other side is node {id}, not {wanted}."
            : !NodeIdentity.MeetsDifficulty(id, _difficulty) ? $"The id {id} does not meet this network's difficulty."
            : id == _self ? "The other side has this node's own key."
            : null;
        peer.Id = id;
        return peer.Refusal is null;
    }

    /// <summary>Whom a handshake is for, and what it found.</summary>
    private sealed class Peer(NodeId? wanted, UInt128 nonce)
    {
        public NodeId? Wanted => wanted;

        public UInt128 Nonce => nonce;

        public NodeId Id { get; set; }

        public string? Refusal { get; set; }
    }
}
