using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Signing;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Tests.Validation;

public sealed class IssuerKeysTests
{
    [Fact]
    public async Task An_api_that_has_no_keys_yet_answers_503()
    {
        await using var api = await TestApi.StartAsync(options => options.Issuer = "https://somebody-else.example");

        var status = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
    }

    [Fact]
    public async Task Known_keys_go_on_working_while_the_issuer_is_down()
    {
        await using var api = await TestApi.StartAsync();
        api.Stub.IsDown = true;

        var status = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task A_rotation_is_followed_without_a_single_refusal()
    {
        await using var api = await TestApi.StartAsync();
        var old = api.Issuer.Mint();
        api.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(KeyRotation.Rotated, api.Issuer.Ring.TryRotate());
        Assert.Equal(KeyRotation.Rotated, api.Issuer.Ring.TryRotate());
        var callsBefore = api.Stub.Calls;

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.StatusOfAsync(api.Issuer.Mint())));
        var oldStatus = await api.StatusOfAsync(old);

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(HttpStatusCode.OK, oldStatus);
        Assert.Equal(2, api.Stub.Calls - callsBefore);
    }

    [Fact]
    public async Task Invented_keys_cost_one_refresh_a_second()
    {
        await using var api = await TestApi.StartAsync();
        api.Clock.Advance(TimeSpan.FromSeconds(2));
        var callsBefore = api.Stub.Calls;

        for (var i = 0; i < 200; i++)
        {
            var header = api.Issuer.Header();
            header["kid"] = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusOfAsync(api.Issuer.Sign(header, api.Issuer.Payload())));
        }

        Assert.Equal(2, api.Stub.Calls - callsBefore);
    }

    [Theory]
    [InlineData("application/json; charset=klingon", null, null)]
    [InlineData("application/json", "null", null)]
    [InlineData("application/json", "[]", null)]
    [InlineData("application/json", """{"issuer":5}""", null)]
    [InlineData("application/json", """{"issuer":"https://issuer.example","jwks_uri":"?"}""", null)]
    [InlineData("application/json", null, "null")]
    [InlineData("application/json", null, """{"keys":5}""")]
    [InlineData("application/json", null, """{"keys":[null]}""")]
    [InlineData("application/json", null, """{"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":"*","y":1e400}]}""")]
    [InlineData("application/json", null, """{"keys":[{"kty":"RSA","alg":"RS256","kid":"k","n":"AA","e":"*"}]}""")]
    public async Task What_no_issuer_says_leaves_the_known_keys_as_they_are(string mediaType, string? metadata, string? jwks)
    {
        await using var api = await TestApi.StartAsync();
        api.Clock.Advance(TimeSpan.FromSeconds(2));
        (api.Stub.MediaType, api.Stub.Metadata, api.Stub.Jwks) = (mediaType, metadata, jwks);

        var isRead = await api.Services.GetRequiredService<RemoteIssuerKeys>().RefreshAsync();
        var status = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.False(isRead);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task A_retired_key_is_gone_when_the_set_is_read_again()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        var before = await api.StatusOfAsync(token);
        api.Issuer.Ring.TryRetire(api.Issuer.Ring.Current.KeyId);
        api.Clock.Advance(TimeSpan.FromSeconds(2));

        await api.Services.GetRequiredService<RemoteIssuerKeys>().RefreshAsync();
        var after = await api.StatusOfAsync(token);
        var fresh = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (before, after, fresh));
    }

    [Theory]
    [InlineData("key.pem", "RS256")]
    [InlineData("key.ps256.pem", "PS256")]
    public async Task An_rsa_key_verifies_the_one_algorithm_that_it_names(string file, string algorithm)
    {
        await using var api = await TestApi.StartAsync();
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa);
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)));
        var kid = file + "-key";
        api.Stub.Jwks = JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", kid, alg = algorithm, use = "sig", n = jwk.N, e = jwk.E } } });
        api.Clock.Advance(TimeSpan.FromSeconds(2));

        var statuses = new Dictionary<string, HttpStatusCode>();
        foreach (var used in new[] { "RS256", "PS256", "RS512", "PS512" })
        {
            var header = api.Issuer.Header();
            (header["alg"], header["kid"]) = (used, kid);
            var input = api.Issuer.Sign(header, api.Issuer.Payload());
            input = input[..input.LastIndexOf('.')];
            var signature = CryptoProviderFactory.Default.CreateForSigning(key, used).Sign(System.Text.Encoding.ASCII.GetBytes(input));
            statuses[used] = await api.StatusOfAsync($"{input}.{Base64UrlEncoder.Encode(signature)}");
        }

        Assert.All(statuses, status => Assert.Equal(status.Key == algorithm ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, status.Value));
    }

    public static TheoryData<string, string> UnusableKeys => new()
    {
        { "an RSA key that does not say which algorithm", """{"kty":"RSA","kid":"k","n":"{n}","e":"AQAB"}""" },
        { "an RSA key of 1024 bits", """{"kty":"RSA","kid":"k","alg":"RS256","n":"{short}","e":"AQAB"}""" },
        { "an RSA key with exponent 3", """{"kty":"RSA","kid":"k","alg":"RS256","n":"{n}","e":"Aw"}""" },
        { "an encryption key", """{"kty":"EC","crv":"P-256","kid":"k","use":"enc","x":"{x}","y":"{y}"}""" },
        { "a P-256 key for another algorithm", """{"kty":"EC","crv":"P-256","kid":"k","alg":"ES384","x":"{x}","y":"{y}"}""" },
        { "another curve", """{"kty":"EC","crv":"P-384","kid":"k","x":"{x}","y":"{y}"}""" },
        { "a key without a name", """{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}""" },
        { "a symmetric key", """{"kty":"oct","kid":"k","alg":"HS256","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}""" },
    };

    [Theory]
    [MemberData(nameof(UnusableKeys))]
    public void A_key_that_may_not_verify_is_left_out(string name, string json)
    {
        using var rsa = RSA.Create(2048);
        using var shortRsa = RSA.Create(1024);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        var text = json
            .Replace("{n}", Base64UrlEncoder.Encode(rsa.ExportParameters(false).Modulus), StringComparison.Ordinal)
            .Replace("{short}", Base64UrlEncoder.Encode(shortRsa.ExportParameters(false).Modulus), StringComparison.Ordinal)
            .Replace("{x}", Base64UrlEncoder.Encode(point.X), StringComparison.Ordinal)
            .Replace("{y}", Base64UrlEncoder.Encode(point.Y), StringComparison.Ordinal);

        var key = VerificationKey.From(new JsonWebKey(text));

        Assert.True(key is null, name);
    }

    [Fact]
    public void A_plain_P256_key_verifies_ES256()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonWebKey($$"""{"kty":"EC","crv":"P-256","kid":"k","x":"{{Base64UrlEncoder.Encode(point.X)}}","y":"{{Base64UrlEncoder.Encode(point.Y)}}"}""");

        var set = KeySet.Of("https://issuer.example", [jwk]);

        Assert.Equal("ES256", set.Find("k")?.Algorithm);
        Assert.Throws<FormatException>(() => KeySet.Of("https://issuer.example", [jwk, jwk]));
        Assert.Throws<FormatException>(() => KeySet.Of("https://issuer.example", []));
    }
}
