using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class LogoutEndpointTests
{
    /// <summary>The ways to say whose session is meant.</summary>
    public static TheoryData<string> Ways { get; } = ["cookie", "body", "bearer"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task This_session_ends_and_no_other(string way)
    {
        await using var host = await IssuerHost.StartAsync();
        var (mine, other, stranger) = await ThreeSessionsAsync(host);

        var answer = await LogOutAsync(host, way, mine, """{"scope":"this"}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal((false, true, true), (await IsAliveAsync(host, mine), await IsAliveAsync(host, other), await IsAliveAsync(host, stranger)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_others_end_and_this_session_lives(string way)
    {
        await using var host = await IssuerHost.StartAsync();
        var (mine, other, stranger) = await ThreeSessionsAsync(host);

        var answer = await LogOutAsync(host, way, mine, """{"scope":"others"}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Empty(answer.Header("Clear-Site-Data"));
        Assert.Equal((true, false, true), (await IsAliveAsync(host, mine), await IsAliveAsync(host, other), await IsAliveAsync(host, stranger)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task All_sessions_of_the_user_end(string way)
    {
        await using var host = await IssuerHost.StartAsync();
        var (mine, other, stranger) = await ThreeSessionsAsync(host);

        var answer = await LogOutAsync(host, way, mine, """{"scope":"all"}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal((false, false, true), (await IsAliveAsync(host, mine), await IsAliveAsync(host, other), await IsAliveAsync(host, stranger)));
    }

    [Fact]
    public async Task Every_access_token_of_the_session_dies_with_it()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var refreshed = await host.RefreshByBodyAsync(login.RefreshToken);
        var before = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));

        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(refreshed.RefreshToken));

        Assert.Equal(HttpStatusCode.OK, before.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(refreshed.AccessToken))).Status);
    }

    [Fact]
    public async Task The_cookie_is_cleared_with_the_name_path_and_flags_it_was_set_with()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        Assert.Equal("__Secure-refresh=; Path=/auth; HttpOnly; Secure; SameSite=Strict; Max-Age=0", Assert.Single(answer.SetCookies));
        Assert.Equal("\"cache\"", Assert.Single(answer.Header("Clear-Site-Data")));
    }

    [Fact]
    public async Task A_client_without_a_cookie_gets_none_cleared()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var byBody = await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));
        var byBearer = await host.PostAsync("/auth/logout", Calls.Bearer(login.AccessToken));

        Assert.Empty(byBody.SetCookies);
        Assert.Empty(byBearer.SetCookies);
    }

    [Fact]
    public async Task A_spent_token_of_the_family_will_do()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var current = await host.RefreshByBodyAsync((await host.RefreshByBodyAsync(login.RefreshToken)).RefreshToken);

        var answer = await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(current.RefreshToken)).Code);
    }

    [Fact]
    public async Task An_expired_access_token_will_do()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        var expired = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));

        var answer = await host.PostAsync("/auth/logout", Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (expired.Status, answer.Status));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    [Fact]
    public async Task A_token_of_a_dead_session_ends_nobody_elses()
    {
        await using var host = await IssuerHost.StartAsync();
        var stolen = await host.LogInForBodyAsync();
        var other = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(stolen.RefreshToken));

        var byBody = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{stolen.RefreshToken}}","scope":"all"}""");
        var byBearer = await host.PostJsonAsync("/auth/logout", """{"scope":"others"}""", Calls.Bearer(stolen.AccessToken));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (byBody.Status, byBearer.Status));
        Assert.True(await IsAliveAsync(host, other));
    }

    [Theory]
    [InlineData("all")]
    [InlineData("others")]
    public async Task An_accepted_access_token_proves_the_user_when_its_own_session_has_idled(string scope)
    {
        await using var host = await StartWithShortIdlenessAsync();
        var (idle, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(40));
        other = await host.RefreshByBodyAsync(other.RefreshToken);
        host.Clock.Advance(TimeSpan.FromSeconds(25));
        var accepted = await host.GetAsync("/auth/me", Calls.Bearer(idle.AccessToken));

        var answer = await host.PostJsonAsync("/auth/logout", $$"""{"scope":"{{scope}}"}""", Calls.Bearer(idle.AccessToken));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (accepted.Status, answer.Status));
        Assert.False(await IsAliveAsync(host, other));
    }

    [Fact]
    public async Task A_refresh_token_of_a_session_that_has_idled_ends_nobody_elses()
    {
        await using var host = await StartWithShortIdlenessAsync();
        var (idle, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(40));
        other = await host.RefreshByBodyAsync(other.RefreshToken);
        host.Clock.Advance(TimeSpan.FromSeconds(25));

        var answer = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{idle.RefreshToken}}","scope":"all"}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.True(await IsAliveAsync(host, other));
    }

    [Fact]
    public async Task A_client_in_its_own_name_is_no_user_whose_sessions_could_be_ended()
    {
        await using var host = await IssuerHost.StartAsync();
        var client = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);
        var presented = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", client);
        var other = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", client);

        await host.PostJsonAsync("/auth/logout", """{"scope":"all"}""", Calls.Bearer(presented.AccessToken));

        var inspected = await host.PostFormAsync("/oauth/introspect", $"token={other.AccessToken}", client);
        Assert.True(inspected.Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task It_is_204_also_when_nothing_was_alive()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();
        await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        var twice = await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);
        var garbage = await host.PostAsync("/auth/logout", Calls.Cookie("garbage"), Calls.OwnOrigin);
        var nothing = await host.PostAsync("/auth/logout");
        var unknown = await host.PostAsync("/auth/logout", Calls.Bearer("no.such.token"));

        Assert.All([twice, garbage, nothing, unknown], answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
        Assert.EndsWith("Max-Age=0", Assert.Single(garbage.SetCookies));
        Assert.Empty(nothing.SetCookies);
    }

    [Fact]
    public async Task Tokens_of_two_sessions_are_refused_and_both_live()
    {
        await using var host = await IssuerHost.StartAsync();
        var alice = await host.LogInForBodyAsync();
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var byBody = await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(bob.RefreshToken), Calls.Bearer(alice.AccessToken));
        var byCookie = await host.PostAsync("/auth/logout", Calls.Cookie(bob.RefreshToken), Calls.OwnOrigin, Calls.Bearer(alice.AccessToken));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (byBody.Status, byBody.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (byCookie.Status, byCookie.Code));
        Assert.Empty(byCookie.SetCookies);
        Assert.True(await IsAliveAsync(host, alice));
        Assert.True(await IsAliveAsync(host, bob));
    }

    [Fact]
    public async Task Both_tokens_of_one_session_may_be_sent()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostAsync(
            "/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin, Calls.Bearer(login.AccessToken));

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(login.CookieToken)).Code);
    }

    [Fact]
    public async Task A_session_id_in_the_body_is_no_credential()
    {
        await using var host = await IssuerHost.StartAsync();
        var victim = await host.LogInForBodyAsync();

        await host.PostJsonAsync("/auth/logout", $$"""{"sid":"{{victim.SessionId}}","session_id":"{{victim.SessionId}}"}""");

        Assert.True(await IsAliveAsync(host, victim));
    }

    [Fact]
    public async Task An_unknown_scope_is_refused_and_nothing_ends()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"everyone"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.True(await IsAliveAsync(host, login));
    }

    [Fact]
    public async Task A_forged_bearer_ends_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var forged = login.AccessToken[..login.AccessToken.LastIndexOf('.')] + "." + new string('A', 86);

        await host.PostAsync("/auth/logout", Calls.Bearer(forged));

        Assert.True(await IsAliveAsync(host, login));
    }

    private static async Task<(Answer Mine, Answer Other, Answer Stranger)> ThreeSessionsAsync(IssuerHost host)
        => (await host.LogInForBodyAsync(), await host.LogInForBodyAsync(), await host.LogInForBodyAsync("bob", IssuerHost.BobPassword));

    private static Task<Answer> LogOutAsync(IssuerHost host, string way, Answer session, string json) => way switch
    {
        "cookie" => host.PostJsonAsync("/auth/logout", json, Calls.Cookie(session.RefreshToken), Calls.OwnOrigin),
        "body" => host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{session.RefreshToken}}",{{json[1..]}}"""),
        _ => host.PostJsonAsync("/auth/logout", json, Calls.Bearer(session.AccessToken)),
    };

    private static Task<IssuerHost> StartWithShortIdlenessAsync()
        => IssuerHost.StartAsync(new IssuerSetup { Options = options => options.IdleTimeout = TimeSpan.FromMinutes(1) });

    /// <summary>Both halves, which must agree.</summary>
    private static async Task<bool> IsAliveAsync(IssuerHost host, Answer session)
    {
        var access = (await host.GetAsync("/auth/me", Calls.Bearer(session.AccessToken))).Status == HttpStatusCode.OK;
        var refresh = (await host.RefreshByBodyAsync(session.RefreshToken)).Status == HttpStatusCode.OK;
        Assert.Equal(access, refresh);
        return refresh;
    }
}
