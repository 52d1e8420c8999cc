using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation.Wycheproof;

public sealed class WycheproofTests(TestApiFixture fixture) : IClassFixture<TestApiFixture>
{
    private static readonly int[] s_sameAsValid = [367, 370];

    /// <summary>Signed with PS384 by a key that says PS256: one key has one algorithm here.</summary>
    private static readonly int[] s_otherAlgorithm = [346, 350];

    [Fact]
    public void The_signature_layer_gives_the_verdict_of_every_vector_of_an_algorithm_it_knows()
    {
        var (accepted, refused, unusable) = (0, 0, 0);
        foreach (var (group, test) in Vectors("json_web_signature_test.json"))
        {
            if (s_sameAsValid.Contains(test.GetProperty("tcId").GetInt32()))
            {
                continue;
            }

            var name = $"{test.GetProperty("tcId")} {test.GetProperty("comment")}";
            if (!group.TryGetProperty("public", out var jwk) || VerificationKey.From(new JsonWebKey(jwk.GetRawText())) is not { } key)
            {
                unusable++;
                continue;
            }

            // An empty payload can be signed, and is no set of claims.
            var isValid = test.GetProperty("result").GetString() == "valid" && test.GetProperty("comment").GetString() != "emptyPayload"
                && !s_otherAlgorithm.Contains(test.GetProperty("tcId").GetInt32());
            Assert.True(isValid == IsSignedBy(key, test.GetProperty("jws").ToString()), name);
            _ = isValid ? accepted++ : refused++;
        }

        Assert.Equal((14, 308, 77), (accepted, refused, unusable));
    }

    [Fact]
    public void Keys_that_are_weak_or_broken_verify_nothing()
    {
        var (accepted, refused) = (0, 0);
        foreach (var (group, test) in Vectors("json_web_key_test.json"))
        {
            var source = group.TryGetProperty("public", out var given) ? given : group.GetProperty("private");
            var keys = source.TryGetProperty("keys", out var set) ? set.EnumerateArray().ToList() : [source];
            var isSymmetric = keys.All(key => key.GetProperty("kty").GetString() == "oct");
            var isKnownWeakness = group.GetProperty("comment").GetString() == "jws_rsa_roca_key";
            var isValid = test.GetProperty("result").GetString() == "valid" && !isSymmetric;

            var isAccepted = AcceptsAny(keys, test.GetProperty("jws").ToString());

            Assert.True(isValid == isAccepted || isKnownWeakness, $"{test.GetProperty("tcId")} {test.GetProperty("comment")}");
            _ = isAccepted ? accepted++ : refused++;
        }

        Assert.Equal(26, accepted + refused);
    }

    [Theory]
    [InlineData("json_web_signature_test.json", "jws", 401)]
    [InlineData("json_web_encryption_test.json", "jwe", 139)]
    public async Task No_vector_is_let_in_as_it_stands(string file, string member, int count)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var (_, test) in Vectors(file))
        {
            statuses.Add(await fixture.Api.StatusOfAsync(test.GetProperty(member).ToString().ReplaceLineEndings(string.Empty)));
        }

        Assert.Equal(count, statuses.Count);
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal(HttpStatusCode.OK, await fixture.Api.StatusOfAsync(fixture.Api.Issuer.Mint()));
    }

    /// <summary>The special values of r and s, on a token whose claims are right.</summary>
    [Fact]
    public async Task No_special_signature_value_opens_a_real_token()
    {
        var token = fixture.Api.Issuer.Mint();
        var signed = token[..(token.LastIndexOf('.') + 1)];
        var tried = 0;
        foreach (var (group, test) in Vectors("json_web_signature_test.json").Where(pair => pair.Group.GetProperty("comment").GetString() == "SpecialCaseEs256"))
        {
            Assert.NotEqual(default, group);
            var signature = test.GetProperty("jws").GetString()?.Split('.')[2];
            Assert.Equal(HttpStatusCode.Unauthorized, await fixture.Api.StatusOfAsync(signed + signature));
            tried++;
        }

        Assert.Equal(24, tried);
        Assert.Equal(HttpStatusCode.OK, await fixture.Api.StatusOfAsync(token));
    }

    private static bool AcceptsAny(List<JsonElement> keys, string jws)
    {
        try
        {
            var set = KeySet.Of(TestIssuer.Name, [.. keys.Select(key => new JsonWebKey(Public(key)))]);
            return keys.Any(key => key.TryGetProperty("kid", out var kid) && set.Find(kid.GetString() ?? string.Empty) is { } found && IsSignedBy(found, jws));
        }
        catch (Exception refused) when (refused is FormatException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Without the private members, as an issuer publishes it.</summary>
    private static string Public(JsonElement key) => JsonSerializer.Serialize(
        key.EnumerateObject().Where(member => member.Name is not ("d" or "p" or "q" or "dp" or "dq" or "qi")).ToDictionary(member => member.Name, member => member.Value));

    private static bool IsSignedBy(VerificationKey key, string jws)
        => CompactToken.TrySplit(jws, out var parts) && AlgorithmOf(parts) == key.Algorithm && key.Verifies(parts);

    private static string? AlgorithmOf(CompactToken parts)
    {
        using var header = StrictJson.Read(parts.Header);
        return header?.Text("alg"u8);
    }

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Vectors(string file)
    {
        var document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests", "TokenIssuer.Tests", "Validation", "Wycheproof", file)));
        return document.RootElement.GetProperty("testGroups").EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => (group, test)));
    }
}
