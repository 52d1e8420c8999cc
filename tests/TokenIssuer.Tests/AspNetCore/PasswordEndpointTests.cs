using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class PasswordEndpointTests
{
    private const string NewPassword = "correct-horse-9";

    [Fact]
    public async Task Everything_minted_before_is_dead_and_the_caller_has_a_new_session()
    {
        await using var host = await IssuerHost.StartAsync();
        var mine = await host.LogInForBodyAsync();
        var other = await host.LogInForBodyAsync();
        var stranger = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var answer = await ChangeAsync(host, mine.AccessToken, IssuerHost.AlicePassword);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEqual(mine.SessionId, answer.SessionId);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(mine.RefreshToken)).Code);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(other.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(mine.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(other.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(answer.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(answer.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(stranger.RefreshToken)).Status);
    }

    [Fact]
    public async Task Only_the_new_password_opens_the_account()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        await ChangeAsync(host, login.AccessToken, IssuerHost.AlicePassword);

        Assert.Equal("invalid_credentials", (await host.LogInForBodyAsync()).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync("alice", NewPassword)).Status);
    }

    [Fact]
    public async Task A_browser_gets_the_new_session_as_a_cookie()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await ChangeAsync(host, login.AccessToken, IssuerHost.AlicePassword, Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.TryGetProperty("refresh_token", out _));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(answer.CookieToken)).Status);
    }

    [Fact]
    public async Task The_new_session_keeps_the_scope_and_the_device_of_the_old_one()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.PostJsonAsync(
            "/auth/login",
            $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","scope":"notes:read","device":"Kitchen tablet","delivery":"body"}""");

        var answer = await ChangeAsync(host, login.AccessToken, IssuerHost.AlicePassword);

        var sessions = await host.GetAsync("/auth/sessions", Calls.Bearer(answer.AccessToken));
        Assert.Equal("notes:read", answer.Json.GetProperty("scope").GetString());
        Assert.Equal("Kitchen tablet", sessions.Json.GetProperty("sessions")[0].GetProperty("device").GetString());
    }

    [Fact]
    public async Task A_wrong_current_password_revokes_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await ChangeAsync(host, login.AccessToken, "wrong");

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (answer.Status, answer.Code));
        Assert.Equal("application/problem+json", Assert.Single(answer.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_weak_new_password_is_refused_with_reasons_and_revokes_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"short"}""",
            Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "weak_password"), (answer.Status, answer.Code));
        Assert.Equal("The password needs at least 8 characters.", answer.Json.GetProperty("reasons")[0].GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_cookie_alone_changes_no_password()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostJsonAsync("/auth/password", Json(IssuerHost.AlicePassword), Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync()).Status);
    }

    [Fact]
    public async Task A_foreign_page_gets_no_cookie_set()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await ChangeAsync(
            host, login.AccessToken, IssuerHost.AlicePassword, Calls.Cookie(login.CookieToken), ("Origin", "https://evil.test"));

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden_origin"), (answer.Status, answer.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync()).Status);
    }

    [Theory]
    [InlineData("""{"current_password":"correct-horse-1"}""")]
    [InlineData("""{"new_password":"correct-horse-9"}""")]
    [InlineData("""{"current_password":"correct-horse-1","new_password":null}""")]
    [InlineData("{}")]
    public async Task An_incomplete_change_is_an_invalid_request(string json)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.PostJsonAsync("/auth/password", json, Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
    }

    private static Task<Answer> ChangeAsync(IssuerHost host, string accessToken, string current, params (string Name, string Value)[] headers)
        => host.PostJsonAsync("/auth/password", Json(current), [Calls.Bearer(accessToken), .. headers]);

    private static string Json(string current) => $$"""{"current_password":"{{current}}","new_password":"{{NewPassword}}"}""";
}
