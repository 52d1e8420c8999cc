using System.Net;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RefreshEndpointTests
{
    [Fact]
    public async Task A_token_from_the_cookie_is_answered_with_a_cookie_only()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.RefreshByCookieAsync(login.CookieToken);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEqual(login.CookieToken, answer.CookieToken);
        Assert.NotEqual(login.AccessToken, answer.AccessToken);
        Assert.Equal(login.SessionId, answer.SessionId);
        Assert.DoesNotContain(answer.CookieToken, answer.Body);
        Assert.EndsWith("; Path=/auth; HttpOnly; Secure; SameSite=Strict", Assert.Single(answer.SetCookies));
    }

    [Fact]
    public async Task A_token_from_the_body_is_answered_in_the_body_only()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.RefreshByBodyAsync(login.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEqual(login.RefreshToken, answer.RefreshToken);
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task Unknown_mutated_expired_reused_foreign_and_revoked_tokens_get_byte_identical_answers()
    {
        await using var host = await IssuerHost.StartAsync();
        var live = (await host.LogInForBodyAsync()).RefreshToken;
        var expired = (await host.LogInForBodyAsync()).RefreshToken;
        host.Clock.Advance(TimeSpan.FromMinutes(29));
        var current = (await host.RefreshByBodyAsync(live)).RefreshToken;
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        var revoked = (await host.LogInForBodyAsync()).RefreshToken;
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(revoked));
        var foreign = await TokenOfAnotherClientAsync(host);

        var answers = new List<Answer>();
        foreach (var dead in new[] { "garbage", new string('A', 110), Flip(current), expired, foreign, revoked, live, current })
        {
            answers.Add(await host.RefreshByBodyAsync(dead));
        }

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (answer.Status, answer.Code)));
        Assert.Single(answers.Select(answer => answer.Snapshot() + answer.Body).Distinct());
    }

    [Fact]
    public async Task A_refused_cookie_is_never_touched()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();
        await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        var dead = await host.RefreshByCookieAsync(login.CookieToken);
        var garbage = await host.RefreshByCookieAsync("garbage");

        Assert.Equal(("invalid_grant", "invalid_grant"), (dead.Code, garbage.Code));
        Assert.Empty(dead.SetCookies);
        Assert.Empty(garbage.SetCookies);
    }

    [Fact]
    public async Task A_mutated_token_does_not_harm_the_family_it_was_made_from()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        for (var i = 0; i < login.RefreshToken.Length; i++)
        {
            var mutated = login.RefreshToken[..i] + (login.RefreshToken[i] == 'A' ? 'B' : 'A') + login.RefreshToken[(i + 1)..];
            Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(mutated)).Code);
        }

        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_request_without_a_token_is_invalid()
    {
        await using var host = await IssuerHost.StartAsync();

        var bare = await host.PostAsync("/auth/refresh", Calls.OwnOrigin);
        var empty = await host.PostJsonAsync("/auth/refresh", "{}");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (bare.Status, bare.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (empty.Status, empty.Code));
    }

    [Fact]
    public async Task An_idempotency_key_brings_back_a_lost_answer()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var key = ("Idempotency-Key", "0123456789abcdef");
        var lost = await host.RefreshByBodyAsync(login.RefreshToken, key);
        host.Clock.Advance(TimeSpan.FromMinutes(9));

        var retried = await host.RefreshByBodyAsync(login.RefreshToken, key);
        var stranger = await host.RefreshByBodyAsync(login.RefreshToken, ("Idempotency-Key", "fedcba9876543210"));

        Assert.Equal(lost.RefreshToken, retried.RefreshToken);
        Assert.Equal("invalid_grant", stranger.Code);
    }

    [Fact]
    public async Task An_overlong_idempotency_key_is_refused_and_the_token_stays_good()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var refused = await host.RefreshByBodyAsync(login.RefreshToken, ("Idempotency-Key", new string('k', 257)));
        var answered = await host.RefreshByBodyAsync(login.RefreshToken, ("Idempotency-Key", new string('k', 256)));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, answered.Status);
    }

    [Fact]
    public async Task The_scope_may_narrow_and_never_widen()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var wider = await host.PostJsonAsync("/auth/refresh", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"admin"}""");
        var narrower = await host.PostJsonAsync("/auth/refresh", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"notes:read"}""");
        var again = await host.RefreshByBodyAsync(narrower.RefreshToken);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (wider.Status, wider.Code));
        Assert.Equal("notes:read", narrower.Json.GetProperty("scope").GetString());
        Assert.Equal("notes:read notes:write", again.Json.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_disabled_user_refreshes_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        host.Directory.Disable("alice");

        var answer = await host.RefreshByBodyAsync(login.RefreshToken);

        Assert.Equal("invalid_grant", answer.Code);
    }

    private static string Flip(string token) => token[..^5] + (token[^5] == 'x' ? 'y' : 'x') + token[^4..];

    private static async Task<string> TokenOfAnotherClientAsync(IssuerHost host)
    {
        var outcome = await host.Get<TokenAuthority>().LogInAsync(
            new Credentials("alice", IssuerHost.AlicePassword),
            new SessionRequest("other-client", Scope.None, SessionOrigin.Unknown, null),
            TestContext.Current.CancellationToken);
        return Assert.IsType<LoginOutcome.LoggedIn>(outcome).Answer.RefreshToken.Reveal();
    }
}
