using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Families;
using TokenIssuer.Signing;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Keys;

/// <summary>A public key of the issuer, pinned to one algorithm (RFC 8725 §3.1).</summary>
internal sealed class VerificationKey
{
    private const int MinRsaBits = 2048;

    private readonly SignatureProvider _provider;
    private readonly int _signatureSize;

    private VerificationKey(JsonWebKey key, string algorithm, int signatureSize)
    {
        KeyId = key.Kid;
        Thumbprint = $"{algorithm} {Base64UrlEncoder.Encode(key.ComputeJwkThumbprint())}";
        Algorithm = algorithm;
        _signatureSize = signatureSize;

        // Uncached: the factory's cache would keep keys alive after they have left the set.
        _provider = new CryptoProviderFactory { CacheSignatureProviders = false }.CreateForVerifying(key, algorithm, cacheProvider: false);
    }

    public string KeyId { get; }

    public string Algorithm { get; }

    /// <summary>Tells this key and algorithm from every other (RFC 7638), whatever they are called.</summary>
    public string Thumbprint { get; }

    /// <summary>Null for a key that may not verify access tokens: another use, an unknown type or curve, too short, broken, without a name.</summary>
    public static VerificationKey? From(JsonWebKey key)
    {
        if (key.Kid is not { Length: > 0 } || !IsForSignatures(key) || key.D is not null || key.K is not null)
        {
            return null;
        }

        try
        {
            return Pin(key) is { } usable && usable.CanVerify() ? usable : null;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            // A point beside the curve, a modulus that is none: found here, not by the first request.
            return null;
        }
    }

    private static bool IsForSignatures(JsonWebKey key)
        => key.Use is null or "" or JsonWebKeyUseNames.Sig && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));

    private static VerificationKey? Pin(JsonWebKey key) => key.Kty switch
    {
        JsonWebAlgorithmsKeyTypes.EllipticCurve
            when key.Crv == JsonWebKeyECTypes.P256 && key.Alg is null or "" or SecurityAlgorithms.EcdsaSha256
            => new VerificationKey(key, SecurityAlgorithms.EcdsaSha256, 64),

        // An RSA key fits two families; without its word for one of them it is not used.
        JsonWebAlgorithmsKeyTypes.RSA
            when key.Alg is SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256
                && key.KeySize >= MinRsaBits && Base64UrlEncoder.DecodeBytes(key.E).Length >= 3
                && !RocaFingerprint.IsOn(Base64UrlEncoder.DecodeBytes(key.N))
            => new VerificationKey(key, key.Alg, key.KeySize / 8),
        _ => null,
    };

    private bool CanVerify()
    {
        var nothing = new byte[_signatureSize];
        return !_provider.Verify(nothing, 0, nothing.Length, nothing, 0, nothing.Length);
    }

    public bool Verifies(CompactToken token)
    {
        var input = ArrayPool<byte>.Shared.Rent(token.SigningInput.Length);
        var signature = ArrayPool<byte>.Shared.Rent(token.Signature.Length);
        try
        {
            // JOSE's fixed length (RFC 7518 §3.4): DER and everything shorter or longer is no signature.
            return CanonicalBase64Url.TryDecode(token.Signature, signature, out var size)
                && size == _signatureSize
                && _provider.Verify(input, 0, Encoding.ASCII.GetBytes(token.SigningInput, input), signature, 0, size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            ArrayPool<byte>.Shared.Return(signature);
        }
    }
}
