using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RefreshCookieTests
{
    [Fact]
    public async Task With_the_host_prefix_the_cookie_has_its_name_and_path()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Endpoints = options => options.Cookie.HostPrefix = true });

        var login = await host.LogInAsync();
        var refresh = await host.PostAsync("/auth/refresh", ("Cookie", $"__Host-refresh={login.CookieToken}"), Calls.OwnOrigin);
        var logout = await host.PostAsync("/auth/logout", ("Cookie", $"__Host-refresh={refresh.CookieToken}"), Calls.OwnOrigin);

        Assert.Equal($"__Host-refresh={login.CookieToken}; Path=/; HttpOnly; Secure; SameSite=Strict", Assert.Single(login.SetCookies));
        Assert.Equal($"__Host-refresh={refresh.CookieToken}; Path=/; HttpOnly; Secure; SameSite=Strict", Assert.Single(refresh.SetCookies));
        Assert.Equal("__Host-refresh=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0", Assert.Single(logout.SetCookies));
    }

    [Fact]
    public async Task A_configured_age_is_sent_and_never_passes_the_end_of_the_session()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Options = options => options.AbsoluteLifetime = TimeSpan.FromMinutes(40),
            Endpoints = options => options.Cookie.MaxAge = TimeSpan.FromMinutes(20),
        });

        var login = await host.LogInAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(25));
        var late = await host.RefreshByCookieAsync(login.CookieToken);

        Assert.EndsWith("; SameSite=Strict; Max-Age=1200", Assert.Single(login.SetCookies));
        Assert.EndsWith("; SameSite=Strict; Max-Age=900", Assert.Single(late.SetCookies));
    }

    [Theory]
    [InlineData("refresh")]
    [InlineData("__secure-refresh")]
    [InlineData("__SECURE-REFRESH")]
    [InlineData("__Host-refresh")]
    [InlineData("__Secure-refresh2")]
    [InlineData("x__Secure-refresh")]
    public async Task A_cookie_of_another_name_is_no_refresh_cookie(string name)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var refused = await host.PostAsync("/auth/refresh", ("Cookie", $"{name}={login.CookieToken}"), Calls.OwnOrigin);
        var accepted = await host.PostAsync("/auth/refresh", ("Cookie", $"a=b; {Calls.CookieName}={login.CookieToken};c=d"), Calls.OwnOrigin);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, accepted.Status);
    }

    [Theory]
    [InlineData("/auth/refresh")]
    [InlineData("/auth/logout")]
    public async Task Two_refresh_cookies_are_refused_and_nothing_is_touched(string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var victim = await host.LogInAsync();
        var attacker = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);
        var both = $"{Calls.CookieName}={attacker.RefreshToken}; {Calls.CookieName}={victim.CookieToken}";

        var answer = await host.PostAsync(path, ("Cookie", both), Calls.OwnOrigin);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(victim.CookieToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(attacker.RefreshToken)).Status);
    }

    [Fact]
    public async Task Two_refresh_cookies_at_a_login_are_refused_before_the_password_is_looked_at()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInAsync(("Cookie", $"{Calls.CookieName}=a; {Calls.CookieName}=a"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(0, host.Directory.Verifications);
    }

    [Theory]
    [InlineData("/auth/refresh")]
    [InlineData("/auth/logout")]
    public async Task A_token_in_cookie_and_body_at_once_is_refused_and_nothing_is_touched(string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostJsonAsync(path, Calls.RefreshJson(login.CookieToken), Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(login.CookieToken)).Status);
    }

    [Fact]
    public async Task The_browser_may_keep_a_cookie_longer_than_the_session_lives()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(30));

        var answer = await host.RefreshByCookieAsync(login.CookieToken);

        Assert.Equal("invalid_grant", answer.Code);
    }

    [Fact]
    public async Task The_cookie_is_secure_in_development_as_well()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Environment = "Development" });

        var login = await host.LogInAsync();

        Assert.Contains("; Secure", Assert.Single(login.SetCookies));
        Assert.StartsWith("__Secure-", Assert.Single(login.SetCookies));
    }

    [Fact]
    public async Task Its_path_is_that_of_the_issuers_address_whatever_the_request_says()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Issuer = IssuerHost.Issuer + "/id" });

        var login = await host.PostJsonAsync("/AUTH/login/", Calls.LoginJson("alice", IssuerHost.AlicePassword), Calls.OwnOrigin);

        Assert.Contains("; Path=/id/auth;", Assert.Single(login.SetCookies));
    }
}
