using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Tests.Validation;

/// <summary>The well-known ways to have a token accepted that our key has not signed. The claims are those of a living token.</summary>
public sealed class SignatureAttackTests(TestApiFixture fixture) : IClassFixture<TestApiFixture>
{
    private static readonly string[] s_noneSpellings = ["none", "None", "NONE", "nOnE", "noNE", "", " none", "none "];

    private TestIssuer Issuer => fixture.Api.Issuer;

    [Fact]
    public async Task A_token_that_says_it_needs_no_signature_is_refused_with_any_signature_and_none()
    {
        var real = Issuer.Mint();
        foreach (var spelling in s_noneSpellings)
        {
            var header = Issuer.Header();
            header["alg"] = spelling;
            var input = InputOf(header, Issuer.Payload());
            foreach (var signature in new[] { "", real.Split('.')[2], Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64)) })
            {
                await AssertRefusedAsync($"{input}.{signature}", $"alg \"{spelling}\"");
            }

            await AssertRefusedAsync(input, $"alg \"{spelling}\", no second dot");
        }

        await AssertAcceptedAsync(real);
    }

    [Theory]
    [InlineData("sub", "mallory")]
    [InlineData("roles", "admin")]
    [InlineData("scope", "notes:read notes:write admin")]
    public async Task Claims_changed_under_a_kept_signature_are_refused(string claim, string value)
    {
        var real = Issuer.Mint();
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(real.Split('.')[1]))!;
        payload[claim] = value;

        await AssertRefusedAsync($"{InputOf(Issuer.Header(), payload)}.{real.Split('.')[2]}", claim);

        await AssertAcceptedAsync(real);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task The_public_key_is_no_secret_to_sign_with(string algorithm)
    {
        foreach (var (name, secret) in SecretsFromPublicKey())
        {
            var header = Issuer.Header();
            header["alg"] = algorithm;
            await AssertRefusedAsync(SignWithHmac(algorithm, secret, InputOf(header, Issuer.Payload())), $"{algorithm} with {name}");
        }

        await AssertAcceptedAsync(Issuer.Mint());
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("../../../../../../dev/null")]
    [InlineData("x' UNION SELECT '1';--")]
    [InlineData("|sleep 10")]
    public async Task A_key_id_that_leads_to_an_empty_or_known_secret_finds_nothing(string keyId)
    {
        foreach (var secret in new[] { "", "1", "secret", "\0" })
        {
            var header = Issuer.Header();
            (header["alg"], header["kid"]) = ("HS256", keyId);
            await AssertRefusedAsync(SignWithHmac("HS256", Encoding.ASCII.GetBytes(secret), InputOf(header, Issuer.Payload())), keyId);
        }

        await AssertAcceptedAsync(Issuer.Mint());
    }

    [Fact]
    public async Task A_real_signature_under_the_name_of_another_of_our_keys_is_refused()
    {
        var header = Issuer.Header();
        header["kid"] = Issuer.Ring.Keys.Select(key => key.Key.KeyId).First(id => id != Issuer.Ring.Current.KeyId);

        await AssertRefusedAsync(Issuer.Sign(header, Issuer.Payload()), "kid of the announced key");

        await AssertAcceptedAsync(Issuer.Mint());
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("x5c")]
    public async Task A_key_that_comes_with_the_token_vouches_for_nothing(string member)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuer.example", own, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(fixture.Api.Clock.Now.AddDays(-1), fixture.Api.Clock.Now.AddDays(1));
        var point = own.ExportParameters(includePrivateParameters: false).Q;
        var header = Issuer.Header();
        header[member] = member == "x5c"
            ? new JsonArray(Convert.ToBase64String(certificate.RawData))
            : new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };

        foreach (var keyId in new[] { Issuer.Ring.Current.KeyId, "their-own" })
        {
            header["kid"] = keyId;
            var input = InputOf(header, Issuer.Payload());
            var signature = own.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
            await AssertRefusedAsync($"{input}.{Base64Url.EncodeToString(signature)}", $"{member}, kid {keyId}");
        }

        // The member itself is passed over: what our key has signed is good with it.
        header["kid"] = Issuer.Ring.Current.KeyId;
        await AssertAcceptedAsync(Issuer.Sign(header, Issuer.Payload()));
    }

    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    public async Task An_address_in_the_token_is_never_visited(string member)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var visits = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var header = Issuer.Header();
        (header[member], header["kid"]) = ($"http://{listener.LocalEndpoint}/keys", "their-own");
        var calls = fixture.Api.Stub.Calls;
        var input = InputOf(header, Issuer.Payload());

        await AssertRefusedAsync($"{input}.{Base64Url.EncodeToString(own.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}", member);
        Assert.False(visits.IsCompleted);

        // Our own key set may be read again for the unknown name, at the address we know it by.
        Assert.InRange(fixture.Api.Stub.Calls - calls, 0, 2);

        // The control: a visit would have been noticed.
        using var visitor = new TcpClient();
        await visitor.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var seen = await visits;
        await AssertAcceptedAsync(Issuer.Mint());
    }

    [Theory]
    [InlineData("dir", "A256GCM")]
    [InlineData("PBES2-HS256+A128KW", "A128GCM")]
    [InlineData("RSA-OAEP", "A256GCM")]
    public async Task An_encrypted_token_is_refused_before_any_work(string algorithm, string encryption)
    {
        var header = Issuer.Header();
        (header["alg"], header["enc"], header["cty"]) = (algorithm, encryption, "JWT");
        (header["p2c"], header["p2s"], header["zip"]) = (int.MaxValue, "AAAA", "DEF");
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
        var nested = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Issuer.Mint()));

        await AssertRefusedAsync($"{head}.AAAA.AAAAAAAAAAAAAAAA.{nested}.AAAAAAAAAAAAAAAAAAAAAA", algorithm);
        await AssertRefusedAsync($"{head}.{nested}.AAAA", $"{algorithm}, three parts");

        await AssertAcceptedAsync(Issuer.Mint());
    }

    [Fact]
    public async Task A_token_really_encrypted_to_what_is_public_of_us_is_refused()
    {
        var secret = SHA256.HashData(Encoding.UTF8.GetBytes(Issuer.Ring.Current.PublicKey.X + Issuer.Ring.Current.PublicKey.Y));
        var encrypted = new JsonWebTokenHandler().EncryptToken(
            Issuer.Mint(), new EncryptingCredentials(new SymmetricSecurityKey(secret) { KeyId = Issuer.Ring.Current.KeyId }, "dir", SecurityAlgorithms.Aes128CbcHmacSha256));

        await AssertRefusedAsync(encrypted, "dir");

        Assert.Equal(5, encrypted.Split('.').Length);
        await AssertAcceptedAsync(Issuer.Mint());
    }

    /// <summary>Everything that somebody has been found to use as the secret.</summary>
    private IEnumerable<(string Name, byte[] Secret)> SecretsFromPublicKey()
    {
        var key = Issuer.Ring.Current.PublicKey;
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
        });
        var pem = ecdsa.ExportSubjectPublicKeyInfoPem();
        yield return ("PEM", Encoding.ASCII.GetBytes(pem));
        yield return ("PEM and a line end", Encoding.ASCII.GetBytes(pem + "\n"));
        yield return ("PEM with CRLF", Encoding.ASCII.GetBytes(pem.ReplaceLineEndings("\r\n")));
        yield return ("DER", ecdsa.ExportSubjectPublicKeyInfo());
        yield return ("x and y", [.. Base64Url.DecodeFromChars(key.X), .. Base64Url.DecodeFromChars(key.Y)]);
        yield return ("x as text", Encoding.ASCII.GetBytes(key.X));
        yield return ("the key set", Encoding.UTF8.GetBytes(Issuer.Jwks()));
        yield return ("the JWK", Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{key.X}}","y":"{{key.Y}}"}"""));
        yield return ("the key id", Encoding.ASCII.GetBytes(Issuer.Ring.Current.KeyId));
        yield return ("nothing", []);
    }

    private static string InputOf(JsonNode header, JsonNode payload)
        => $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}";

    private static string SignWithHmac(string algorithm, byte[] secret, string input)
    {
        var bytes = Encoding.ASCII.GetBytes(input);
        var signature = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(secret, bytes),
            "HS384" => HMACSHA384.HashData(secret, bytes),
            _ => HMACSHA512.HashData(secret, bytes),
        };
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private async Task AssertRefusedAsync(string token, string what)
    {
        using var answer = await fixture.Api.GetAsync("/me", authorization: $"Bearer {token}");
        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{what}: {answer.StatusCode}");
        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"invalid\"", answer.Headers.WwwAuthenticate.ToString());
    }

    private async Task AssertAcceptedAsync(string token) => Assert.Equal(HttpStatusCode.OK, await fixture.Api.StatusOfAsync(token));
}
