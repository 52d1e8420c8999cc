using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Signing;

/// <summary>A private signing key, pinned to one algorithm (RFC 8725 §3.1), named by its RFC 7638 thumbprint.</summary>
internal sealed class SigningKey
{
    private const int MinRsaBits = 2048;

    private SigningKey(SecurityKey key, JsonWebKey publicKey, string algorithm, DateTimeOffset createdAt)
    {
        KeyId = Base64UrlEncoder.Encode(publicKey.ComputeJwkThumbprint());
        key.KeyId = KeyId;
        publicKey.KeyId = KeyId;
        publicKey.Alg = algorithm;
        publicKey.Use = JsonWebKeyUseNames.Sig;
        Algorithm = algorithm;
        PublicKey = publicKey;
        CreatedAt = createdAt;
        Credentials = new SigningCredentials(key, algorithm);
    }

    public string KeyId { get; }

    public string Algorithm { get; }

    public DateTimeOffset CreatedAt { get; }

    public SigningCredentials Credentials { get; }

    /// <summary>As published: never a private member.</summary>
    public JsonWebKey PublicKey { get; }

    public static string Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Reads a PKCS#8 PEM file: a P-256 key signs ES256, an RSA key RS256, or PS256 when the file name ends in <c>.ps256.pem</c>.</summary>
    /// <exception cref="InvalidOperationException">The file holds no key that may be used; the message says why and what to do.</exception>
    public static SigningKey Read(KeyFile file)
    {
        var name = Path.GetFileName(file.Path);
        var pem = file.Read();
        try
        {
            return TryReadEcdsa(pem, out var ecdsa) ? FromEcdsa(ecdsa, name, file.CreatedAt) : FromRsa(ReadRsa(pem), name, file.CreatedAt);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"{name} in the keys folder is no PKCS#8 PEM file with an unencrypted P-256 or RSA private key: replace or remove it.", failure);
        }
    }

    public override string ToString() => $"(signing key {KeyId})";

    private static bool TryReadEcdsa(string pem, out ECDsa key)
    {
        key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return false;
        }
    }

    private static SigningKey FromEcdsa(ECDsa key, string name, DateTimeOffset createdAt)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        if (curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new InvalidOperationException($"{name} in the keys folder is an elliptic key on another curve than P-256: ES256 needs P-256.");
        }

        var publicKey = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        return new SigningKey(
            new ECDsaSecurityKey(key),
            JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(publicKey)),
            SecurityAlgorithms.EcdsaSha256,
            createdAt);
    }

    private static RSA ReadRsa(string pem)
    {
        var key = RSA.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static SigningKey FromRsa(RSA key, string name, DateTimeOffset createdAt)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        if (key.KeySize < MinRsaBits || parameters.Exponent is not { Length: >= 3 })
        {
            throw new InvalidOperationException(
                $"{name} in the keys folder is an RSA key of {key.KeySize} bits or with a small exponent: at least {MinRsaBits} bits and e = 65537 are needed.");
        }

        var algorithm = name.EndsWith(".ps256.pem", StringComparison.OrdinalIgnoreCase) ? SecurityAlgorithms.RsaSsaPssSha256 : SecurityAlgorithms.RsaSha256;
        return new SigningKey(
            new RsaSecurityKey(key),
            JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(parameters)),
            algorithm,
            createdAt);
    }
}
