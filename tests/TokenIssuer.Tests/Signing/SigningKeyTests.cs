using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Signing;

namespace TokenIssuer.Tests.Signing;

public sealed class SigningKeyTests : IDisposable
{
    private readonly KeyFolder _folder = new();

    public static TheoryData<string, string, string> Refused => new()
    {
        { "RSA of 1024 bits", NewRsa(1024), "key.pem in the keys folder is an RSA key of 1024 bits or with a small exponent: at least 2048 bits and e = 65537 are needed." },
        { "P-384", NewEcdsa(ECCurve.NamedCurves.nistP384), OtherCurve },
        { "P-521", NewEcdsa(ECCurve.NamedCurves.nistP521), OtherCurve },
        { "P-256 by explicit parameters", ExplicitP256(), OtherCurve },
        { "empty", "", NoKey },
        { "garbage", "garbage", NoKey },
        { "garbage in PEM", "-----BEGIN PRIVATE KEY-----\nZ2FyYmFnZQ==\n-----END PRIVATE KEY-----\n", NoKey },
        { "cut off", SigningKey.Generate()[..60], NoKey },
        { "encrypted", Encrypted(), NoKey },
        { "a public key", PublicKey(), NoKey },
        { "a public RSA key", PublicRsa(), NoKey },
        { "two keys", SigningKey.Generate() + SigningKey.Generate(), NoKey },
        { "PKCS#1", Pkcs1(), NoKey },
    };

    private const string NoKey = "key.pem in the keys folder is no PKCS#8 PEM file with an unencrypted P-256 or RSA private key: replace or remove it.";
    private const string OtherCurve = "key.pem in the keys folder is an elliptic key on another curve than P-256: ES256 needs P-256.";

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_file_that_holds_no_usable_key_is_named_with_its_fault(string what, string pem, string sentence)
    {
        _folder.Deploy("key.pem", pem);

        var fault = Assert.Throws<InvalidOperationException>(Read);

        Assert.True(fault.Message == sentence, $"{what}: {fault.Message}");
    }

    [Fact]
    public void A_P256_key_signs_ES256_as_two_numbers_of_32_bytes()
    {
        _folder.Deploy("key.pem", SigningKey.Generate());
        var key = Read();
        var signature = new byte[key.SignatureSize];

        key.Sign("content"u8, signature);

        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = { X = Base64UrlEncoder.DecodeBytes(key.PublicKey.X), Y = Base64UrlEncoder.DecodeBytes(key.PublicKey.Y) },
        });
        Assert.Equal(("ES256", 64), (key.Algorithm, key.SignatureSize));
        Assert.True(verifier.VerifyData("content"u8, signature, HashAlgorithmName.SHA256));
        Assert.False(verifier.VerifyData("other"u8, signature, HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData("key.pem", "RS256")]
    [InlineData("key.ps256.pem", "PS256")]
    public void An_RSA_key_signs_RS256_or_by_its_file_name_PS256(string name, string algorithm)
    {
        _folder.Deploy(name, NewRsa(2048));
        var key = Read();
        var signature = new byte[key.SignatureSize];

        key.Sign("content"u8, signature);

        using var verifier = RSA.Create(new RSAParameters
        {
            Modulus = Base64UrlEncoder.DecodeBytes(key.PublicKey.N),
            Exponent = Base64UrlEncoder.DecodeBytes(key.PublicKey.E),
        });
        var padding = algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        Assert.Equal((algorithm, 256), (key.Algorithm, key.SignatureSize));
        Assert.True(verifier.VerifyData("content"u8, signature, HashAlgorithmName.SHA256, padding));
    }

    [Fact]
    public void It_is_named_by_its_thumbprint()
    {
        _folder.Deploy("key.pem", SigningKey.Generate());
        var key = Read();

        // RFC 7638 section 3: the required members in lexical order, nothing else.
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{key.PublicKey.X}}","y":"{{key.PublicKey.Y}}"}""";

        Assert.Equal(Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(canonical))), key.KeyId);
        Assert.Equal(key.KeyId, key.PublicKey.Kid);
    }

    [Fact]
    public void What_is_published_has_no_private_member()
    {
        foreach (var pem in new[] { SigningKey.Generate(), NewRsa(2048) })
        {
            _folder.Deploy("key.pem", pem);
            var key = Read().PublicKey;

            Assert.False(key.HasPrivateKey);
            Assert.All([key.D, key.DP, key.DQ, key.P, key.Q, key.QI, key.K], Assert.Null);
            Assert.Empty(key.Oth);
            Assert.Equal("sig", key.Use);
            Assert.NotNull(key.Alg);
        }
    }

    [Fact]
    public void It_prints_as_its_name_and_serializes_without_its_secret()
    {
        foreach (var pem in new[] { SigningKey.Generate(), NewRsa(2048) })
        {
            _folder.Deploy("key.pem", pem);
            var key = Read();

            Assert.Equal($"(signing key {key.KeyId})", key.ToString());
            Assert.All(SecretsIn(pem), secret => Assert.DoesNotContain(secret, Serialize(key), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Many_threads_sign_at_once()
    {
        _folder.Deploy("key.pem", SigningKey.Generate());
        var key = Read();
        using var verifier = ECDsa.Create();
        verifier.ImportFromPem(File.ReadAllText(_folder.PathOf("key.pem")));

        var signatures = Enumerable.Range(0, 400).AsParallel().WithDegreeOfParallelism(16).Select(round =>
        {
            var signature = new byte[key.SignatureSize];
            key.Sign(BitConverter.GetBytes(round), signature);
            return (round, signature);
        }).ToList();

        Assert.All(signatures, one => Assert.True(verifier.VerifyData(BitConverter.GetBytes(one.round), one.signature, HashAlgorithmName.SHA256)));
    }

    public void Dispose() => _folder.Dispose();

    internal static string NewRsa(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string NewEcdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string ExplicitP256()
    {
        using var named = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(named.ExportExplicitParameters(includePrivateParameters: true));
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Encrypted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    private static string PublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static string PublicRsa()
    {
        using var key = RSA.Create(2048);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static string Pkcs1()
    {
        using var key = RSA.Create(2048);
        return key.ExportRSAPrivateKeyPem();
    }

    /// <summary>The private numbers in every spelling a serializer could give them.</summary>
    private static IEnumerable<string> SecretsIn(string pem)
    {
        var secrets = new List<byte[]>();
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            secrets.Add(key.ExportParameters(true).D!);
        }
        catch (CryptographicException)
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            secrets.AddRange([key.ExportParameters(true).D!, key.ExportParameters(true).P!]);
        }

        return secrets.SelectMany(secret => new[] { Base64UrlEncoder.Encode(secret), Convert.ToBase64String(secret), Convert.ToHexString(secret) });
    }

    private static string Serialize(SigningKey key)
    {
        try
        {
            return JsonSerializer.Serialize(key);
        }
        catch (NotSupportedException)
        {
            return string.Empty;
        }
    }

    private SigningKey Read() => SigningKey.Read(new KeyDirectory(_folder.FullPath, _folder.Clock).List(".pem")[^1]);
}
