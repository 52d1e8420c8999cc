using System.Buffers.Text;
using System.Net;
using System.Text;

namespace TokenIssuer.Tests.Validation;

/// <summary>Texts that are no compact JWS in its one canonical spelling, and JSON that can be read in two ways.</summary>
public sealed class TokenFormTests(TestApiFixture fixture) : IClassFixture<TestApiFixture>
{
    private static readonly Dictionary<string, Func<string, string>> s_spellings = new(StringComparer.Ordinal)
    {
        ["one part"] = token => token.Split('.')[0],
        ["two parts"] = token => token[..token.LastIndexOf('.')],
        ["four parts"] = token => token + ".AAAA",
        ["five parts, as an encrypted token"] = token => token + ".AAAA.AAAA",
        ["six parts"] = token => token + ".AAAA.AAAA.AAAA",
        ["no signature"] = token => token[..(token.LastIndexOf('.') + 1)],
        ["no header"] = token => token[token.IndexOf('.', StringComparison.Ordinal)..],
        ["no payload"] = token => token.Split('.')[0] + ".." + token.Split('.')[2],
        ["only dots"] = _ => "..",
        ["four characters cut off"] = token => token[..^4],
        ["padding"] = token => token + "==",
        ["padding in the header"] = token => token.Replace(".", "=.", StringComparison.Ordinal),
        ["a space inside"] = token => token.Insert(10, " "),
        ["a line end inside"] = token => token.Insert(10, "%0A"),
        ["a question mark inside"] = token => token.Insert(10, "?"),
        ["a hash inside"] = token => token.Insert(10, "#"),
        ["plus and slash"] = token => token[..^2] + "+/",
        ["unused bits of the signature"] = token => Respell(token),
        ["flattened JSON serialization"] = token => Json(token),
        ["too long"] = token => token + new string('A', 8192),
        ["garbage"] = _ => "garbage",
        ["signature of zeros"] = token => token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[64]),
        ["signature one byte short"] = token => token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[63]),
        ["signature one byte long"] = token => token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[65]),
    };

    private static readonly Dictionary<string, Func<string, string, (byte[] Header, byte[] Payload)>> s_json = new(StringComparer.Ordinal)
    {
        ["two sub"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"sub\":\"mallory\","))),
        ["two sub, one escaped"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"\\u0073ub\":\"mallory\","))),
        ["two exp"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"exp\":9999999999,"))),
        ["two aud"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"aud\":\"other\","))),
        ["two alg"] = (header, payload) => (Utf8(header.Insert(1, "\"alg\":\"none\",")), Utf8(payload)),
        ["a member twice in a claim"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"x\":{\"y\":1,\"y\":2},"))),
        ["a trailing comma"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(payload.Length - 1, ","))),
        ["a comment"] = (header, payload) => (Utf8(header), Utf8(payload + "/* x */")),
        ["bytes after the end"] = (header, payload) => (Utf8(header), Utf8(payload + "{}")),
        ["a lone surrogate in a claim"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"x\":\"\\ud800\","))),
        ["a lone surrogate in a name"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, "\"\\ud800\":1,"))),
        ["a lone surrogate in the header"] = (header, payload) => (Utf8(header.Insert(1, "\"\\ud800\":1,")), Utf8(payload)),
        ["a lone surrogate as kid"] = (header, payload) => (Utf8("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"\\ud800\"}"), Utf8(payload)),
        ["overlong UTF-8"] = (header, payload) => (Utf8(header), [.. Utf8(payload[..^1] + ",\"x\":\""), 0xC0, 0xAF, .. Utf8("\"}")]),
        ["a byte order mark"] = (header, payload) => (Utf8(header), [0xEF, 0xBB, 0xBF, .. Utf8(payload)]),
        ["UTF-16"] = (header, payload) => (Utf8(header), Encoding.Unicode.GetBytes(payload)),
        ["an array"] = (header, payload) => (Utf8(header), Utf8($"[{payload}]")),
        ["a string"] = (header, _) => (Utf8(header), Utf8("\"x\"")),
        ["deep"] = (header, payload) => (Utf8(header), Utf8(payload.Insert(1, $"\"x\":{new string('[', 1000)}{new string(']', 1000)},"))),
        ["header an array"] = (header, payload) => (Utf8($"[{header}]"), Utf8(payload)),
    };

    public static TheoryData<string> Spellings => [.. s_spellings.Keys];

    public static TheoryData<string> Ambiguous => [.. s_json.Keys];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Another_spelling_of_a_token_is_no_token(string name)
    {
        var api = fixture.Api;
        var token = api.Issuer.Mint();

        var refused = await api.StatusOfAsync(s_spellings[name](token));
        var accepted = await api.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused, accepted));
    }

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Json_that_can_be_read_in_two_ways_is_refused(string name)
    {
        var api = fixture.Api;
        var (header, payload) = (api.Issuer.Header().ToJsonString(), api.Issuer.Payload().ToJsonString());
        var (wrongHeader, wrongPayload) = s_json[name](header, payload);

        var refused = await api.StatusOfAsync(api.Issuer.Sign(wrongHeader, wrongPayload));
        var accepted = await api.StatusOfAsync(api.Issuer.Sign(header, payload));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused, accepted));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Json(string token)
    {
        var parts = token.Split('.');
        return $$"""{"payload":"{{parts[1]}}","protected":"{{parts[0]}}","signature":"{{parts[2]}}"}""";
    }

    private static string Respell(string token)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + Alphabet[Alphabet.IndexOf(token[^1], StringComparison.Ordinal) ^ 1];
    }
}
