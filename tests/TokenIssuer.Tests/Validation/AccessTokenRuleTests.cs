using System.Net;
using System.Text.Json.Nodes;

namespace TokenIssuer.Tests.Validation;

/// <summary>Each rule on its own: a token that is right but for one thing, signed with the real key.</summary>
public sealed class AccessTokenRuleTests(TestApiFixture fixture) : IClassFixture<TestApiFixture>
{
    /// <summary>9999-12-31: what lies beyond has no date.</summary>
    private const long LastSecond = 253_402_300_799;

    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> s_wrong = new(StringComparer.Ordinal)
    {
        ["typ absent"] = (header, _) => header.Remove("typ"),
        ["typ JWT"] = (header, _) => header["typ"] = "JWT",
        ["typ id+jwt"] = (header, _) => header["typ"] = "id+jwt",
        ["typ dpop+jwt"] = (header, _) => header["typ"] = "dpop+jwt",
        ["typ logout+jwt"] = (header, _) => header["typ"] = "logout+jwt",
        ["typ secevent+jwt"] = (header, _) => header["typ"] = "secevent+jwt",
        ["typ token-introspection+jwt"] = (header, _) => header["typ"] = "token-introspection+jwt",
        ["typ a number"] = (header, _) => header["typ"] = 1,
        ["alg absent"] = (header, _) => header.Remove("alg"),
        ["alg none"] = (header, _) => header["alg"] = "none",
        ["alg None"] = (header, _) => header["alg"] = "None",
        ["alg empty"] = (header, _) => header["alg"] = string.Empty,
        ["alg null"] = (header, _) => header["alg"] = null,
        ["alg HS256"] = (header, _) => header["alg"] = "HS256",
        ["alg RS256"] = (header, _) => header["alg"] = "RS256",
        ["alg ES384"] = (header, _) => header["alg"] = "ES384",
        ["alg es256"] = (header, _) => header["alg"] = "es256",
        ["kid absent"] = (header, _) => header.Remove("kid"),
        ["kid empty"] = (header, _) => header["kid"] = string.Empty,
        ["kid a path"] = (header, _) => header["kid"] = "../../../../../../dev/null",
        ["kid SQL"] = (header, _) => header["kid"] = "x' UNION SELECT '1';--",
        ["kid star"] = (header, _) => header["kid"] = "*",
        ["kid a number"] = (header, _) => header["kid"] = 1,
        ["kid an array"] = (header, _) => header["kid"] = new JsonArray("x"),
        ["kid long"] = (header, _) => header["kid"] = new string('x', 4000),
        ["kid unknown"] = (header, _) => header["kid"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ["crit unknown"] = (header, _) => (header["crit"], header["x"]) = (new JsonArray("x"), 1),
        ["crit b64"] = (header, _) => (header["crit"], header["b64"]) = (new JsonArray("b64"), false),
        ["crit empty"] = (header, _) => header["crit"] = new JsonArray(),
        ["crit a string"] = (header, _) => header["crit"] = "x",
        ["b64 false"] = (header, _) => header["b64"] = false,
        ["zip"] = (header, _) => header["zip"] = "DEF",
        ["enc"] = (header, _) => header["enc"] = "A256GCM",
        ["iss absent"] = (_, payload) => payload.Remove("iss"),
        ["iss with a slash"] = (_, payload) => payload["iss"] = TestIssuer.Name + "/",
        ["iss over http"] = (_, payload) => payload["iss"] = "http://issuer.example",
        ["iss in capitals"] = (_, payload) => payload["iss"] = "https://ISSUER.example",
        ["iss an array"] = (_, payload) => payload["iss"] = new JsonArray(TestIssuer.Name),
        ["aud absent"] = (_, payload) => payload.Remove("aud"),
        ["aud other"] = (_, payload) => payload["aud"] = "other",
        ["aud empty"] = (_, payload) => payload["aud"] = string.Empty,
        ["aud an empty array"] = (_, payload) => payload["aud"] = new JsonArray(),
        ["aud others"] = (_, payload) => payload["aud"] = new JsonArray("other", "another"),
        ["aud a prefix"] = (_, payload) => payload["aud"] = "notes",
        ["aud with a suffix"] = (_, payload) => payload["aud"] = "notes-api2",
        ["aud in capitals"] = (_, payload) => payload["aud"] = "Notes-Api",
        ["aud with a slash"] = (_, payload) => payload["aud"] = "notes-api/",
        ["aud a number"] = (_, payload) => payload["aud"] = 1,
        ["aud an object"] = (_, payload) => payload["aud"] = new JsonObject { ["notes-api"] = true },
        ["aud mixed"] = (_, payload) => payload["aud"] = new JsonArray("notes-api", 1),
        ["sub absent"] = (_, payload) => payload.Remove("sub"),
        ["sub empty"] = (_, payload) => payload["sub"] = string.Empty,
        ["sub a number"] = (_, payload) => payload["sub"] = 1,
        ["sub null"] = (_, payload) => payload["sub"] = null,
        ["sub of somebody else than the sid"] = (_, payload) => payload["sub"] = "mallory",
        ["sub long"] = (_, payload) => payload["sub"] = new string('a', 256),
        ["sid absent"] = (_, payload) => payload.Remove("sid"),
        ["sid empty"] = (_, payload) => payload["sid"] = string.Empty,
        ["sid short"] = (_, payload) => payload["sid"] = "abc",
        ["sid of somebody else"] = (_, payload) => payload["sid"] = TestIssuer.NewSession("mallory").ToString(),
        ["sid not canonical"] = (_, payload) => payload["sid"] = Respell((string?)payload["sid"] ?? string.Empty),
        ["jti absent"] = (_, payload) => payload.Remove("jti"),
        ["jti empty"] = (_, payload) => payload["jti"] = string.Empty,
        ["jti null"] = (_, payload) => payload["jti"] = null,
        ["jti a number"] = (_, payload) => payload["jti"] = 1,
        ["jti an array"] = (_, payload) => payload["jti"] = new JsonArray("x"),
        ["jti long"] = (_, payload) => payload["jti"] = new string('x', 1000),
        ["gen absent"] = (_, payload) => payload.Remove("gen"),
        ["gen a string"] = (_, payload) => payload["gen"] = "5",
        ["gen a fraction"] = (_, payload) => payload["gen"] = 5.5,
        ["gen negative"] = (_, payload) => payload["gen"] = -1,
        ["exp absent"] = (_, payload) => payload.Remove("exp"),
        ["exp a string"] = (_, payload) => payload["exp"] = payload["exp"]?.ToString(),
        ["exp a fraction"] = (_, payload) => payload["exp"] = JsonNode.Parse($"{payload["exp"]}.5"),
        ["exp with an exponent"] = (_, payload) => payload["exp"] = JsonNode.Parse("2e9"),
        ["exp huge"] = (_, payload) => payload["exp"] = JsonNode.Parse("9223372036854775808"),
        ["exp infinite"] = (_, payload) => payload["exp"] = JsonNode.Parse("1e400"),
        ["exp past the calendar"] = (_, payload) => payload["exp"] = 253_402_300_800,
        ["exp at the end of time"] = (_, payload) => payload["exp"] = LastSecond,
        ["exp the largest number"] = (_, payload) => payload["exp"] = long.MaxValue,
        ["exp the smallest number"] = (_, payload) => payload["exp"] = long.MinValue,
        ["exp more than a year after iat"] = (_, payload) => payload["exp"] = (long?)payload["iat"] + (366 * 24 * 3600) + 1,
        ["exp negative"] = (_, payload) => payload["exp"] = -1,
        ["exp zero"] = (_, payload) => payload["exp"] = 0,
        ["exp a boolean"] = (_, payload) => payload["exp"] = true,
        ["exp an array"] = (_, payload) => payload["exp"] = new JsonArray(2_000_000_000),
        ["iat absent"] = (_, payload) => payload.Remove("iat"),
        ["iat a string"] = (_, payload) => payload["iat"] = "1",
        ["iat after exp"] = (_, payload) => payload["iat"] = (long?)payload["exp"] + 1,
        ["iat and exp at the end of time"] = (_, payload) => (payload["iat"], payload["exp"]) = (LastSecond, LastSecond),
        ["iat and exp past the calendar"] = (_, payload) => (payload["iat"], payload["exp"]) = (LastSecond + 1, LastSecond + 2),
        ["iat negative"] = (_, payload) => payload["iat"] = -1,
        ["iat the smallest number"] = (_, payload) => payload["iat"] = long.MinValue,
        ["iat a fraction"] = (_, payload) => payload["iat"] = JsonNode.Parse($"{payload["iat"]}.5"),
        ["iat infinite"] = (_, payload) => payload["iat"] = JsonNode.Parse("-1e400"),
        ["iat in the future"] = (_, payload) => payload["iat"] = (long?)payload["iat"] + 60,
        ["nbf in the future"] = (_, payload) => payload["nbf"] = (long?)payload["iat"] + 60,
        ["nbf at the end of time"] = (_, payload) => payload["nbf"] = LastSecond,
        ["nbf past the calendar"] = (_, payload) => payload["nbf"] = LastSecond + 1,
        ["nbf the largest number"] = (_, payload) => payload["nbf"] = long.MaxValue,
        ["nbf negative"] = (_, payload) => payload["nbf"] = -1,
        ["nbf a fraction"] = (_, payload) => payload["nbf"] = 1.5,
        ["nbf with an exponent"] = (_, payload) => payload["nbf"] = JsonNode.Parse("1e3"),
        ["nbf infinite"] = (_, payload) => payload["nbf"] = JsonNode.Parse("1e400"),
        ["nbf null"] = (_, payload) => payload["nbf"] = null,
        ["nbf a string"] = (_, payload) => payload["nbf"] = "1",
        ["auth_time a string"] = (_, payload) => payload["auth_time"] = "1",
        ["auth_time negative"] = (_, payload) => payload["auth_time"] = -1,
        ["auth_time a fraction"] = (_, payload) => payload["auth_time"] = 1.5,
        ["auth_time the largest number"] = (_, payload) => payload["auth_time"] = long.MaxValue,
        ["auth_time infinite"] = (_, payload) => payload["auth_time"] = JsonNode.Parse("1e400"),
        ["scope an array"] = (_, payload) => payload["scope"] = new JsonArray("notes:read"),
        ["scope with a quote"] = (_, payload) => payload["scope"] = "notes:\"read",
    };

    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> s_right = new(StringComparer.Ordinal)
    {
        ["nothing changed"] = (_, _) => { },
        ["typ with its prefix"] = (header, _) => header["typ"] = "application/at+jwt",
        ["a member of the header that nobody knows"] = (header, _) => header["x"] = 1,
        ["aud with ours among others"] = (_, payload) => payload["aud"] = new JsonArray("other", "notes-api"),
        ["nbf in the past"] = (_, payload) => payload["nbf"] = 1,
        ["exp a year after iat"] = (_, payload) => payload["exp"] = (long?)payload["iat"] + (366 * 24 * 3600),
        ["no auth_time"] = (_, payload) => payload.Remove("auth_time"),
        ["a claim that nobody knows, and that no number can hold"] = (_, payload) => payload["x"] = JsonNode.Parse("1e400"),
        ["a claim that nobody knows"] = (_, payload) => payload["x"] = new JsonObject { ["y"] = 1 },
        ["no scope"] = (_, payload) => payload.Remove("scope"),
    };

    public static TheoryData<string> Wrong => [.. s_wrong.Keys];

    public static TheoryData<string> Right => [.. s_right.Keys];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_token_that_is_wrong_in_one_thing_is_refused(string name)
    {
        var api = fixture.Api;
        var (header, payload) = (api.Issuer.Header(), api.Issuer.Payload());
        var control = api.Issuer.Sign(header, payload);
        s_wrong[name](header, payload);

        var refused = await api.StatusOfAsync(api.Issuer.Sign(header, payload));
        var accepted = await api.StatusOfAsync(control);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused, accepted));
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task A_token_that_is_right_is_accepted(string name)
    {
        var api = fixture.Api;
        var (header, payload) = (api.Issuer.Header(), api.Issuer.Payload());
        s_right[name](header, payload);

        var status = await api.StatusOfAsync(api.Issuer.Sign(header, payload));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.OK)]
    [InlineData(9, HttpStatusCode.OK)]
    [InlineData(10, HttpStatusCode.Unauthorized)]
    [InlineData(11, HttpStatusCode.Unauthorized)]
    public async Task A_token_dies_at_its_end_and_ten_seconds(int secondsAfterEnd, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        api.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(secondsAfterEnd));
        api.Denylist.Merge(FakeFeed.Heartbeat());

        var status = await api.StatusOfAsync(token);

        Assert.Equal(expected, status);
    }

    /// <summary>Changes a bit of the last character that does not count.</summary>
    private static string Respell(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) ^ 1];
    }
}
