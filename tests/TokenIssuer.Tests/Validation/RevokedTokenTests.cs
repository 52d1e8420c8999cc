using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Numerics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Validation;

/// <summary>A revoked token stays dead: however it is spelled, for as long as it could live, and whatever has been cached for it.</summary>
public sealed class RevokedTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>The order of the group of P-256 (FIPS 186-5).</summary>
    private static readonly BigInteger s_order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, Func<string, string>> s_spellings = new(StringComparer.Ordinal)
    {
        ["as it is"] = token => token,
        ["s turned into n - s"] = Mirror,
        ["unused bits of the header"] = token => Respell(token, 0),
        ["unused bits of the payload"] = token => Respell(token, 1),
        ["unused bits of the signature"] = token => Respell(token, 2),
        ["padding"] = token => token + "=",
        ["more padding"] = token => token + "==",
        ["padding in the header"] = token => token.Replace(".", "=.", StringComparison.Ordinal),
        ["a line end"] = token => token + "%0A",
        ["a space before it"] = token => " " + token,
    };

    public static TheoryData<string> Spellings => [.. s_spellings.Keys];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task No_other_spelling_of_a_revoked_token_is_alive(string name)
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = api.Issuer.Mint(session: session);
        var other = s_spellings[name](token);
        var before = await api.StatusOfAsync(token);
        await api.StatusOfAsync(other);

        api.LearnThatSessionEnded(session);

        Assert.Equal(HttpStatusCode.OK, before);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await api.StatusOfAsync(other), await api.StatusOfAsync(token)));
    }

    [Fact]
    public async Task A_mirrored_signature_is_a_valid_one_and_so_must_be_found_by_what_it_signs()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();

        var mirrored = Mirror(token);

        Assert.NotEqual(token, mirrored);
        Assert.Equal(HttpStatusCode.OK, await api.StatusOfAsync(mirrored));
    }

    /// <summary>With the largest tolerance that an API may be configured with: the entry must outlive what that API would still accept.</summary>
    [Fact]
    public async Task A_revoked_token_never_comes_back_before_its_own_end()
    {
        var tolerance = TimeSpan.FromMinutes(5);
        await using var api = await TestApi.StartAsync(options => options.ClockSkew = tolerance);
        var session = TestIssuer.NewSession("alice");
        var (dead, alive) = (api.Issuer.Mint(session: session), api.Issuer.Mint("bob"));
        api.Learn(new RevocationEntry.Family(session, RevocationReason.Logout, api.Clock.Now + api.Issuer.Options.Retention));

        var accepted = 0;
        for (var age = TimeSpan.Zero; age < TimeSpan.FromMinutes(5) + tolerance + TimeSpan.FromSeconds(10); age += TimeSpan.FromSeconds(1))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusOfAsync(dead));
            accepted += await api.StatusOfAsync(alive) == HttpStatusCode.OK ? 1 : 0;
            api.Clock.Advance(TimeSpan.FromSeconds(1));
            api.Denylist.Merge(FakeFeed.Heartbeat());
        }

        // The control: the other token of the same age lived as long as this API lets one live.
        Assert.Equal(600, accepted);
    }

    [Fact]
    public async Task An_answer_in_the_output_cache_is_not_given_to_the_dead()
    {
        await using var api = await TestApi.StartAsync(
            services: services => services.AddOutputCache(),
            map: app =>
            {
                app.UseOutputCache();
                app.MapGet("/cached", () => "cached").RequireAuthorization().CacheOutput();
            });
        var session = TestIssuer.NewSession("alice");
        var token = api.Issuer.Mint(session: session);
        using var before = await api.GetAsync("/cached", token);

        api.LearnThatSessionEnded(session);
        using var after = await api.GetAsync("/cached", token);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.True(before.Headers.CacheControl?.NoStore);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Null(after.Headers.Age);
    }

    /// <summary>ECDSA accepts (r, n - s) wherever it accepts (r, s).</summary>
    private static string Mirror(string token)
    {
        var start = token.LastIndexOf('.') + 1;
        var signature = Base64Url.DecodeFromChars(token.AsSpan(start));
        var mirrored = s_order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var bytes = mirrored.ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        bytes.CopyTo(signature, 64 - bytes.Length);
        return token[..start] + Base64Url.EncodeToString(signature);
    }

    /// <summary>Changes a bit of the last character of a part: one that does not count, where the part has such.</summary>
    private static string Respell(string token, int part)
    {
        var parts = token.Split('.');
        parts[part] = parts[part][..^1] + Alphabet[Alphabet.IndexOf(parts[part][^1], StringComparison.Ordinal) ^ 1];
        return string.Join('.', parts);
    }
}
