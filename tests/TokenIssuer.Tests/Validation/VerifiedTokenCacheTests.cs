using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation;

/// <summary>What a cache of verified tokens must never do.</summary>
public sealed class VerifiedTokenCacheTests
{
    [Fact]
    public async Task Two_tokens_with_the_same_jti_do_not_share()
    {
        await using var api = await TestApi.StartAsync();
        var (alice, bob) = (api.Issuer.Payload("alice"), api.Issuer.Payload("bob"));
        (alice["jti"], bob["jti"]) = ("the-same", "the-same");

        var first = await NameAsync(api, api.Issuer.Sign(api.Issuer.Header(), alice));
        var second = await NameAsync(api, api.Issuer.Sign(api.Issuer.Header(), bob));
        var third = await NameAsync(api, api.Issuer.Sign(api.Issuer.Header(), alice));

        Assert.Equal(("alice", "bob", "alice"), (first, second, third));
    }

    [Fact]
    public async Task A_remembered_token_with_another_signature_is_verified_anew()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        var before = await api.StatusOfAsync(token);

        var forged = await api.StatusOfAsync(token[..^10] + "AAAAAAAAAA");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before, forged));
    }

    [Theory]
    [InlineData(9, HttpStatusCode.OK)]
    [InlineData(10, HttpStatusCode.Unauthorized)]
    public async Task A_remembered_token_dies_at_its_end(int secondsAfterEnd, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        var before = await api.StatusOfAsync(token);
        api.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(secondsAfterEnd));
        api.Denylist.Merge(FakeFeed.Heartbeat());

        var after = await api.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.OK, expected), (before, after));
    }

    [Fact]
    public async Task A_remembered_token_is_not_good_before_its_time()
    {
        await using var api = await TestApi.StartAsync();
        var payload = api.Issuer.Payload();
        payload["nbf"] = (long?)payload["iat"] + 30;
        var token = api.Issuer.Sign(api.Issuer.Header(), payload);
        var cache = api.Services.GetRequiredService<VerifiedTokenCache>();

        var early = await api.StatusOfAsync(token);
        var remembered = cache.Count;
        var again = await api.StatusOfAsync(token);
        api.Clock.Advance(TimeSpan.FromSeconds(25));
        var late = await api.StatusOfAsync(token);

        Assert.Equal(1, remembered);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (early, again, late));
    }

    [Fact]
    public async Task A_remembered_token_is_refused_as_soon_as_it_is_revoked()
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = api.Issuer.Mint(session: session);
        var before = await api.StatusOfAsync(token);

        api.LearnThatSessionEnded(session);
        var after = await api.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before, after));
    }

    [Fact]
    public async Task A_key_that_leaves_the_set_takes_its_tokens_with_it()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        var before = await api.StatusOfAsync(token);
        api.Issuer.Ring.TryRetire(api.Issuer.Ring.Current.KeyId);
        api.Clock.Advance(TimeSpan.FromSeconds(2));
        await api.Services.GetRequiredService<RemoteIssuerKeys>().RefreshAsync();

        var after = await api.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before, after));
        Assert.Equal(0, api.Services.GetRequiredService<VerifiedTokenCache>().Count);
    }

    [Fact]
    public async Task Reading_the_same_keys_again_forgets_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var keys = api.Services.GetRequiredService<RemoteIssuerKeys>();
        var before = keys.Current;
        api.Clock.Advance(TimeSpan.FromSeconds(2));

        await keys.RefreshAsync();

        Assert.Same(before, keys.Current);
    }

    [Fact]
    public async Task Failures_are_never_remembered()
    {
        await using var api = await TestApi.StartAsync();
        var header = api.Issuer.Header();
        var payload = api.Issuer.Payload();
        payload["aud"] = "other";

        for (var i = 0; i < 20; i++)
        {
            await api.StatusOfAsync(api.Issuer.Sign(header, payload));
            await api.StatusOfAsync(api.Issuer.Mint()[..^8] + "AAAAAAAA");
        }

        Assert.Equal(0, api.Services.GetRequiredService<VerifiedTokenCache>().Count);
    }

    [Fact]
    public async Task What_one_request_does_to_its_principal_no_other_sees()
    {
        await using var api = await TestApi.StartAsync(map: app => app.MapGet("/tamper", (HttpContext context) =>
        {
            var identity = (ClaimsIdentity?)context.User.Identity ?? throw new InvalidOperationException();
            var seen = $"{identity.HasClaim("role", "admin")} {identity.FindFirst("sub")?.Properties.Count}";
            identity.AddClaim(new Claim("role", "admin"));
            identity.FindFirst("sub")?.Properties.Add("tampered", "yes");
            identity.TryRemoveClaim(identity.FindFirst("scope"));
            return seen;
        }).RequireAuthorization());
        var token = api.Issuer.Mint();

        for (var i = 0; i < 3; i++)
        {
            using var answer = await api.GetAsync("/tamper", token);
            Assert.Equal("False 0", await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.OK, await api.StatusOfAsync(token, "/write"));
    }

    [Fact]
    public async Task Another_audience_has_another_cache()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        var keys = api.Services.GetRequiredService<IssuerKeys>();
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var other = new AccessTokenReader(keys, new TokenRules("other-api", TimeSpan.Zero, null, 16), new VerifiedTokenCache(16, api.Clock));

        var ours = await reader.ReadAsync(token, CancellationToken.None);
        var theirs = await other.ReadAsync(token, CancellationToken.None);

        Assert.IsType<TokenVerdict.Accepted>(ours);
        Assert.Equal(new TokenVerdict.Refused(RefusalReason.WrongAudience), theirs);
    }

    [Fact]
    public async Task The_cache_never_grows_and_keeps_what_is_used()
    {
        await using var api = await TestApi.StartAsync(options => options.CachedTokens = 64);
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var cache = api.Services.GetRequiredService<VerifiedTokenCache>();
        var favourite = api.Issuer.Mint("favourite");
        var first = await reader.ReadAsync(favourite, CancellationToken.None);

        for (var i = 0; i < 300; i++)
        {
            await reader.ReadAsync(api.Issuer.Mint($"user-{i}"), CancellationToken.None);
            Assert.Same(first, await reader.ReadAsync(favourite, CancellationToken.None));
        }

        Assert.Equal((64, 64), (cache.Capacity, cache.Count));
    }

    [Fact]
    public async Task Two_thirds_of_its_size_are_remembered_all_at_once()
    {
        await using var api = await TestApi.StartAsync(options => options.CachedTokens = 1024);
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var tokens = Enumerable.Range(0, 680).Select(i => api.Issuer.Mint($"user-{i}")).ToList();
        var first = new List<TokenVerdict>();
        foreach (var token in tokens)
        {
            first.Add(await reader.ReadAsync(token, CancellationToken.None));
        }

        for (var i = 0; i < tokens.Count; i++)
        {
            Assert.Same(first[i], await reader.ReadAsync(tokens[i], CancellationToken.None));
        }
    }

    [Fact]
    public async Task Expired_tokens_give_way_before_living_ones()
    {
        await using var api = await TestApi.StartAsync(options => options.CachedTokens = 8);
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var living = Enumerable.Range(0, 4).Select(i => api.Issuer.Mint($"living-{i}", lifetime: TimeSpan.FromMinutes(9))).ToList();
        var dying = Enumerable.Range(0, 4).Select(i => api.Issuer.Mint($"dying-{i}", lifetime: TimeSpan.FromMinutes(1))).ToList();
        var read = new List<TokenVerdict>();
        foreach (var token in dying.Concat(living))
        {
            read.Add(await reader.ReadAsync(token, CancellationToken.None));
        }

        api.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 4; i++)
        {
            await reader.ReadAsync(api.Issuer.Mint($"new-{i}"), CancellationToken.None);
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.Same(read[4 + i], await reader.ReadAsync(living[i], CancellationToken.None));
        }
    }

    [Fact]
    public async Task Many_threads_share_a_cache_without_mixing_tokens_up()
    {
        await using var api = await TestApi.StartAsync(options => options.CachedTokens = 32);
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var tokens = Enumerable.Range(0, 64).Select(i => (User: $"user-{i}", Token: api.Issuer.Mint($"user-{i}"))).ToList();

        await Parallel.ForEachAsync(Enumerable.Range(0, 4000), async (i, cancellationToken) =>
        {
            var (user, token) = tokens[(i * 31) % tokens.Count];
            var verdict = Assert.IsType<TokenVerdict.Accepted>(await reader.ReadAsync(token, cancellationToken));
            Assert.Equal(user, verdict.Token.Subject.Value);
        });
    }

    private static async Task<string> NameAsync(TestApi api, string token)
    {
        using var answer = await api.GetAsync("/me", token);
        return await answer.Content.ReadAsStringAsync();
    }
}
