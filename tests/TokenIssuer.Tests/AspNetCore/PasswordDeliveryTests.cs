using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>A password change delivers the new session the way the old one was delivered, whatever the request looks like.</summary>
public sealed class PasswordDeliveryTests
{
    private const string NewPassword = "correct-horse-9";

    [Fact]
    public async Task A_browser_that_lost_its_cookie_gets_a_new_one_and_no_token_for_scripts()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await ChangeAsync(host, login.AccessToken);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.TryGetProperty("refresh_token", out _));
        Assert.DoesNotContain(answer.CookieToken, answer.Body);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(answer.CookieToken)).Status);
    }

    [Fact]
    public async Task A_session_of_the_body_gets_no_cookie_whichever_cookie_comes_along()
    {
        await using var host = await IssuerHost.StartAsync();
        var browser = await host.LogInAsync();
        var app = await host.LogInForBodyAsync();

        var answer = await ChangeAsync(host, app.AccessToken, Calls.Cookie(browser.CookieToken), Calls.OwnOrigin);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(answer.RefreshToken)).Status);
    }

    [Fact]
    public async Task The_way_of_a_session_outlives_refreshes_and_password_changes()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();
        var refreshed = await host.RefreshByCookieAsync(login.CookieToken);
        var once = await ChangeAsync(host, refreshed.AccessToken);

        var twice = await host.PostJsonAsync(
            "/auth/password", $$"""{"current_password":"{{NewPassword}}","new_password":"{{IssuerHost.AlicePassword}}"}""", Calls.Bearer(once.AccessToken));

        Assert.Equal(HttpStatusCode.OK, twice.Status);
        Assert.Single(once.SetCookies);
        Assert.Single(twice.SetCookies);
        Assert.False(twice.Json.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task Two_refresh_cookies_are_refused_and_nothing_is_touched()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();
        var name = Calls.CookieName;

        var answer = await ChangeAsync(host, login.AccessToken, ("Cookie", $"{name}={login.CookieToken}; {name}=planted"), Calls.OwnOrigin);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(1, host.Directory.Verifications);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(login.CookieToken)).Status);
    }

    [Theory]
    [InlineData("Origin", "https://evil.test", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("X-Unrelated", "x", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Origin", IssuerHost.AppOrigin, HttpStatusCode.OK)]
    public async Task A_request_that_bears_a_cookie_must_come_from_a_trusted_page(string header, string value, HttpStatusCode status)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await ChangeAsync(host, login.AccessToken, Calls.Cookie(login.CookieToken), (header, value));

        Assert.Equal((status, status == HttpStatusCode.OK ? null : "forbidden_origin"), (answer.Status, answer.Code));
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, answer.SetCookies.Count);
        Assert.Equal(status == HttpStatusCode.OK, (await host.LogInForBodyAsync("alice", NewPassword)).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_foreign_page_gets_no_cookie_set_without_one_either()
    {
        await using var host = await IssuerHost.StartAsync();
        var browser = await host.LogInAsync();
        var app = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var ofBrowser = await ChangeAsync(host, browser.AccessToken, ("Origin", "https://evil.test"));
        var ofApp = await host.PostJsonAsync(
            "/auth/password", $$"""{"current_password":"{{IssuerHost.BobPassword}}","new_password":"{{NewPassword}}"}""", Calls.Bearer(app.AccessToken), ("Origin", "capacitor://localhost"));

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden_origin"), (ofBrowser.Status, ofBrowser.Code));
        Assert.Equal(HttpStatusCode.OK, ofApp.Status);
    }

    [Fact]
    public async Task A_session_that_has_idled_out_changes_no_password()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.IdleTimeout = TimeSpan.FromMinutes(1) });
        var idle = await host.LogInForBodyAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        var living = await host.LogInForBodyAsync();

        var refused = await ChangeAsync(host, idle.AccessToken);
        var changed = await ChangeAsync(host, living.AccessToken);

        Assert.Equal((HttpStatusCode.Unauthorized, "token_expired"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, changed.Status);
    }

    private static Task<Answer> ChangeAsync(IssuerHost host, string accessToken, params (string Name, string Value)[] headers)
        => host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"{{NewPassword}}"}""",
            [Calls.Bearer(accessToken), .. headers]);
}
