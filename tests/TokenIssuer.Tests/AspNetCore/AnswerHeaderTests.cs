using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Status and headers of every kind of answer, complete: a header too many fails as well as a missing one.</summary>
public sealed class AnswerHeaderTests
{

    [Fact]
    public async Task Of_a_login_by_cookie()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInAsync();

        Assert.Equal(Expected("200", "application/json", "Set-Cookie: __Secure-refresh=<token>; Path=/auth; HttpOnly; Secure; SameSite=Strict"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_login_by_body()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInForBodyAsync();

        Assert.Equal(Expected("200", "application/json"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_refused_login()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInForBodyAsync("alice", "wrong");

        Assert.Equal(Expected("401", "application/json"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_refresh()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.RefreshByCookieAsync(login.CookieToken);

        Assert.Equal(Expected("200", "application/json", "Set-Cookie: __Secure-refresh=<token>; Path=/auth; HttpOnly; Secure; SameSite=Strict"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_refused_refresh()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.RefreshByCookieAsync("garbage");

        Assert.Equal(Expected("400", "application/json"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_forbidden_origin()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostAsync("/auth/refresh", Calls.Cookie(login.CookieToken));

        Assert.Equal(Expected("403", "application/json"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_logout_by_cookie()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        Assert.Equal(
            Expected("204", null, "Clear-Site-Data: \"cache\"", "Set-Cookie: __Secure-refresh=; Path=/auth; HttpOnly; Secure; SameSite=Strict; Max-Age=0"),
            answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_missing_bearer()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/auth/me");

        Assert.Equal(Expected("401", "application/problem+json", "WWW-Authenticate: Bearer"), answer.Snapshot());
    }

    [Theory]
    [InlineData("/auth/unknown", "404", "application/problem+json")]
    [InlineData("/oauth/unknown", "404", "application/json")]
    [InlineData("/unknown", "404", "application/problem+json")]
    public async Task Of_an_unknown_path(string path, string status, string mediaType)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync(path);

        Assert.Equal(Expected(status, mediaType), answer.Snapshot());
        Assert.Equal("not_found", answer.Code);
    }

    [Fact]
    public async Task Of_a_wrong_method()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/auth/logout");

        Assert.Equal(Expected("405", "application/problem+json", "Allow: POST"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_a_throttled_request()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Pipeline = app => app.Use((HttpContext context, RequestDelegate _) =>
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = "60";
                return Task.CompletedTask;
            }),
        });

        var answer = await host.LogInAsync();

        Assert.Equal(Expected("429", "application/json", "Retry-After: 60"), answer.Snapshot());
        Assert.Equal("too_many_requests", answer.Code);
    }

    [Fact]
    public async Task Of_a_failure_nobody_foresaw()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Pipeline = app => app.Use((HttpContext _, RequestDelegate _) => throw new InvalidOperationException("inside")),
        });

        var answer = await host.LogInAsync();

        Assert.Equal(Expected("500", "application/json"), answer.Snapshot());
    }

    [Fact]
    public async Task Of_the_key_set()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/.well-known/jwks.json");

        Assert.Equal(
            """
            200
            Cache-Control: public, max-age=3600
            Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
            Content-Type: application/json
            Cross-Origin-Resource-Policy: same-origin
            Referrer-Policy: no-referrer
            Strict-Transport-Security: max-age=31536000; includeSubDomains
            X-Content-Type-Options: nosniff
            """,
            answer.Snapshot());
    }

    [Fact]
    public async Task In_development_transport_security_is_not_demanded()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Environment = "Development" });

        var answer = await host.LogInForBodyAsync();

        Assert.Equal(
            Expected("200", "application/json").Replace("\nStrict-Transport-Security: max-age=31536000; includeSubDomains", string.Empty),
            answer.Snapshot());
    }

    [Fact]
    public async Task A_page_of_the_host_keeps_its_own()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Pipeline = app => app.MapGet("/page", () => "text") });

        var answer = await host.GetAsync("/page");

        Assert.Equal("200\nContent-Type: text/plain; charset=utf-8", answer.Snapshot());
    }

    private static string Expected(string status, string? mediaType, params string[] more)
    {
        string[] lines =
        [
            "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
            .. mediaType is null ? Array.Empty<string>() : [$"Content-Type: {mediaType}"],
            "Cross-Origin-Resource-Policy: same-origin",
            "Pragma: no-cache",
            "Referrer-Policy: no-referrer",
            "Strict-Transport-Security: max-age=31536000; includeSubDomains",
            "Vary: Origin",
            "X-Content-Type-Options: nosniff",
            .. more,
        ];
        return string.Join('\n', lines.OrderBy(line => line.Split(':')[0], StringComparer.OrdinalIgnoreCase).Prepend(status));
    }
}
