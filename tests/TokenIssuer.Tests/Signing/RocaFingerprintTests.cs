using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Signing;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Tests.Signing;

/// <summary>Keys that chips made so that they can be factored neither sign nor verify.</summary>
public sealed class RocaFingerprintTests : IDisposable
{
    private readonly KeyFolder _folder = new();

    [Fact]
    public void A_weak_key_neither_signs_nor_verifies_and_a_sound_one_does_both()
    {
        using var weak = WeakRsa.Create();
        using var sound = RSA.Create(2048);

        _folder.Deploy("weak.pem", weak.ExportPkcs8PrivateKeyPem());
        _folder.Deploy("sound.pem", sound.ExportPkcs8PrivateKeyPem());

        var fault = Assert.Throws<InvalidOperationException>(() => Read("weak.pem"));
        Assert.StartsWith("weak.pem in the keys folder is an RSA key of a chip whose keys can be factored (ROCA", fault.Message, StringComparison.Ordinal);
        Assert.Equal("RS256", Read("sound.pem").Algorithm);
        Assert.Null(VerificationKey.From(Jwk(weak)));
        Assert.NotNull(VerificationKey.From(Jwk(sound)));
    }

    [Fact]
    public void Of_many_sound_moduli_none_is_taken_for_weak()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var modulus = RandomNumberGenerator.GetBytes(256);
            modulus[^1] |= 1;

            Assert.False(RocaFingerprint.IsOn(modulus));
        }
    }

    public void Dispose() => _folder.Dispose();

    private SigningKey Read(string name) => SigningKey.Read(new KeyFile(_folder.PathOf(name), 1, DateTimeOffset.UnixEpoch));

    private static JsonWebKey Jwk(RSA key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.ExportParameters(includePrivateParameters: false)));
        (jwk.Kid, jwk.Alg, jwk.Use) = ("k", "RS256", "sig");
        return jwk;
    }
}
