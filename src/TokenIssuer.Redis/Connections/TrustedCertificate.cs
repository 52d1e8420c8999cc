using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TokenIssuer.Redis.Connections;

/// <summary>Trusts one authority, from a PEM file, for the TLS of Redis, instead of those the host trusts. The name is checked as ever.</summary>
internal sealed class TrustedCertificate
{
    private readonly X509Certificate2Collection _roots = [];

    /// <exception cref="ArgumentException">The file can't be read.</exception>
    public TrustedCertificate(string path)
    {
        try
        {
            _roots.ImportFromPemFile(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ArgumentException($"ConnectionStrings:Redis: the trustedCertificate \"{path}\" can't be read as PEM.", failure);
        }
    }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 presented || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var trusted = new X509Chain();
        trusted.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        trusted.ChainPolicy.CustomTrustStore.AddRange(_roots);
        trusted.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return trusted.Build(presented);
    }
}
