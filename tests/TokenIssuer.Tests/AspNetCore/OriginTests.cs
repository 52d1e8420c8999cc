using System.Net;
using TokenIssuer.AspNetCore.Edge;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class OriginTests
{
    /// <summary>Origin, Sec-Fetch-Site; null is an absent header.</summary>
    public static TheoryData<string?, string?> Trusted { get; } = new()
    {
        { IssuerHost.Issuer, null },
        { IssuerHost.Issuer, "same-origin" },
        { null, "same-origin" },
        { IssuerHost.AppOrigin, null },
        { IssuerHost.AppOrigin, "cross-site" },
        { IssuerHost.AppOrigin, "same-site" },
    };

    public static TheoryData<string?, string?> Foreign { get; } = new()
    {
        { "https://evil.test", null },
        { "https://evil.test", "same-origin" },
        { "null", null },
        { null, "cross-site" },
        { null, "same-site" },
        { null, "none" },
        { null, "SAME-ORIGIN" },
        { IssuerHost.Issuer, "cross-site" },
        { IssuerHost.Issuer, "same-site" },
        { "http://issuer.example", null },
        { "https://issuer.example:8443", null },
        { "https://issuer.example:443", null },
        { "https://issuer.example/", null },
        { "HTTPS://ISSUER.EXAMPLE", null },
        { "https://issuer.example.evil.test", null },
        { "https://evil-app.example", null },
        { "https://sub.app.example", null },
        { "http://app.example", null },
        { "https://app.example, https://app.example", null },
    };

    [Theory]
    [MemberData(nameof(Trusted))]
    public async Task A_cookie_from_a_trusted_origin_refreshes_and_logs_out(string? origin, string? site)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var refresh = await host.PostAsync("/auth/refresh", Headers(origin, site, login.CookieToken));
        var logout = await host.PostAsync("/auth/logout", Headers(origin, site, refresh.CookieToken));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (refresh.Status, logout.Status));
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    [InlineData(null, null)]
    public async Task A_cookie_from_anywhere_else_is_refused_and_nothing_is_touched(string? origin, string? site)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var refresh = await host.PostAsync("/auth/refresh", Headers(origin, site, login.CookieToken));
        var logout = await host.PostAsync("/auth/logout", Headers(origin, site, login.CookieToken));

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden_origin"), (refresh.Status, refresh.Code));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden_origin"), (logout.Status, logout.Code));
        Assert.Empty(refresh.SetCookies);
        Assert.Empty(logout.SetCookies);
        Assert.Equal(login.SessionId, (await host.RefreshByCookieAsync(login.CookieToken)).SessionId);
    }

    [Theory]
    [MemberData(nameof(Trusted))]
    [InlineData(null, null)]
    public async Task A_login_that_sets_a_cookie_comes_from_a_trusted_origin_or_from_no_browser(string? origin, string? site)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync("/auth/login", Calls.LoginJson("alice", IssuerHost.AlicePassword), Headers(origin, site, null));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Single(answer.SetCookies);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task A_foreign_page_plants_no_session(string? origin, string? site)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync("/auth/login", Calls.LoginJson("alice", IssuerHost.AlicePassword), Headers(origin, site, null));

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden_origin"), (answer.Status, answer.Code));
        Assert.Empty(answer.SetCookies);
        Assert.Equal(0, host.Directory.Verifications);
    }

    [Fact]
    public async Task A_token_in_the_body_needs_no_origin()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var refresh = await host.RefreshByBodyAsync(login.RefreshToken, ("Origin", "capacitor://localhost"));
        var logout = await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(refresh.RefreshToken), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (refresh.Status, logout.Status));
    }

    [Fact]
    public async Task A_login_for_the_body_needs_no_origin_either()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInForBodyAsync("alice", IssuerHost.AlicePassword, ("Origin", "null"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task A_foreign_page_ends_no_session_by_a_login_for_the_body()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword, Calls.Cookie(login.CookieToken), ("Origin", "https://evil.test"));

        Assert.Equal("forbidden_origin", answer.Code);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(login.CookieToken)).Status);
    }

    [Theory]
    [InlineData("https://issuer.example", "https://issuer.example")]
    [InlineData("https://issuer.example/path", "https://issuer.example")]
    [InlineData("https://Issuer.Example:443", "https://issuer.example")]
    [InlineData("http://localhost:5080", "http://localhost:5080")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    public void An_address_has_the_origin_that_browsers_send(string address, string origin)
        => Assert.Equal(origin, OriginCheck.OriginOf(new Uri(address)));

    private static (string Name, string Value)[] Headers(string? origin, string? site, string? cookie)
    {
        var headers = new List<(string Name, string Value)>();
        if (origin is not null)
        {
            headers.Add(("Origin", origin));
        }

        if (site is not null)
        {
            headers.Add(("Sec-Fetch-Site", site));
        }

        if (cookie is not null)
        {
            headers.Add(Calls.Cookie(cookie));
        }

        return [.. headers];
    }
}
