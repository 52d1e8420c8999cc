using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Signing;

/// <summary>
/// A private signing key, pinned to one algorithm (RFC 8725 §3.1), named by its RFC 7638 thumbprint. Lives as long as
/// the process: a request that is signing must not see it disposed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A key lives as long as the process.")]
internal sealed class SigningKey
{
    private const int MinRsaBits = 2048;

    private readonly ThreadLocal<ECDsa>? _ecdsa;
    private readonly ThreadLocal<RSA>? _rsa;

    private SigningKey(ThreadLocal<ECDsa>? ecdsa, ThreadLocal<RSA>? rsa, JsonWebKey publicKey, string algorithm, int signatureSize, DateTimeOffset createdAt)
    {
        // Neither ECDsa nor RSA promises thread safety for an instance.
        _ecdsa = ecdsa;
        _rsa = rsa;
        KeyId = Base64UrlEncoder.Encode(publicKey.ComputeJwkThumbprint());
        Algorithm = algorithm;
        SignatureSize = signatureSize;
        CreatedAt = createdAt;
        publicKey.KeyId = KeyId;
        publicKey.Alg = algorithm;
        publicKey.Use = JsonWebKeyUseNames.Sig;
        PublicKey = publicKey;
        EncodedHeader = Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{KeyId}}"}"""));
    }

    public string KeyId { get; }

    public string Algorithm { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>The length of its signatures in bytes.</summary>
    public int SignatureSize { get; }

    /// <summary>As published: never a private member.</summary>
    public JsonWebKey PublicKey { get; }

    /// <summary>The first segment of every access token it signs, as base64url.</summary>
    public byte[] EncodedHeader { get; }

    /// <summary>Signs in the form of RFC 7518 §3: r ‖ s for ES256, never DER.</summary>
    public void Sign(ReadOnlySpan<byte> content, Span<byte> signature)
    {
        if (_ecdsa?.Value is { } ecdsa)
        {
            ecdsa.SignData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        else if (_rsa?.Value is { } rsa)
        {
            var padding = Algorithm == SecurityAlgorithms.RsaSsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
            rsa.SignData(content, signature, HashAlgorithmName.SHA256, padding);
        }
    }

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
        if (!curve.IsNamed || curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new InvalidOperationException($"{name} in the keys folder is an elliptic key on another curve than P-256: ES256 needs P-256.");
        }

        var publicKey = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        var secret = key.ExportParameters(includePrivateParameters: true);
        return new SigningKey(
            new ThreadLocal<ECDsa>(() => ECDsa.Create(secret)),
            null,
            JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(publicKey)),
            SecurityAlgorithms.EcdsaSha256,
            signatureSize: 64,
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

        if (RocaFingerprint.IsOn(parameters.Modulus))
        {
            throw new InvalidOperationException(
                $"{name} in the keys folder is an RSA key of a chip whose keys can be factored (ROCA, CVE-2017-15361): make one elsewhere.");
        }

        var algorithm = name.EndsWith(".ps256.pem", StringComparison.OrdinalIgnoreCase) ? SecurityAlgorithms.RsaSsaPssSha256 : SecurityAlgorithms.RsaSha256;
        var secret = key.ExportParameters(includePrivateParameters: true);
        return new SigningKey(
            null,
            new ThreadLocal<RSA>(() => RSA.Create(secret)),
            JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(parameters)),
            algorithm,
            (key.KeySize + 7) / 8,
            createdAt);
    }
}
