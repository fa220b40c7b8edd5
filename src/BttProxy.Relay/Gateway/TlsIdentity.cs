using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Gateway;

/// <summary>
/// The self-made certificate. Clients trust the key (its hash is in the signed record), not the certificate, so the key is kept and the
/// certificate is renewed around it.
/// </summary>
internal sealed class TlsIdentity : IDisposable
{
    public const string KeyFile = "tls-key";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private TlsIdentity(X509Certificate2 certificate)
    {
        Certificate = certificate;
        PublicKeyPin = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo: the record's pin.</summary>
    public byte[] PublicKeyPin { get; }

    public static TlsIdentity LoadOrCreate(StateDirectory state, string serverName, TimeProvider time)
    {
        using var key = ECDsa.Create();
        if (state.TryReadSecret(KeyFile) is { } stored)
        {
            key.ImportPkcs8PrivateKey(stored, out _);
            CryptographicOperations.ZeroMemory(stored);
        }
        else
        {
            key.GenerateKey(ECCurve.NamedCurves.nistP256);
            var exported = key.ExportPkcs8PrivateKey();
            state.WriteSecret(KeyFile, exported);
            CryptographicOperations.ZeroMemory(exported);
        }

        return new TlsIdentity(Issue(key, serverName, time.GetUtcNow()));
    }

    public void Dispose() => Certificate.Dispose();

    private static X509Certificate2 Issue(ECDsa key, string serverName, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN={serverName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(serverName);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var made = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);

        // Some platforms cannot serve a key that exists only in memory; the round trip through PKCS #12 gives one that all can.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
