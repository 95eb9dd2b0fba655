using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kademlia.Loopback;

/// <summary>The platform's <see cref="SslStream"/> over TCP with nothing around it, both sides with a certificate: what a stream is compared with.</summary>
internal sealed class BareTls : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public BareTls()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=bare", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        _certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        _listener.Start();
    }

    /// <summary>Both ends of a new connection, its handshake done.</summary>
    public async Task<(SslStream Dialler, SslStream Listener)> ConnectAsync()
    {
        TcpClient dialler = new() { NoDelay = true };
        await dialler.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        TcpClient accepted = await _listener.AcceptTcpClientAsync();
        accepted.NoDelay = true;
        SslStream here = new(dialler.GetStream(), leaveInnerStreamOpen: false);
        SslStream there = new(accepted.GetStream(), leaveInnerStreamOpen: false);
        await Task.WhenAll(
            here.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = string.Empty,
                ClientCertificates = [_certificate],
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }),
            there.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = true,
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }));
        return (here, there);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }
}
