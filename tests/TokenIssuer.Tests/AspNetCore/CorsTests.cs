using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class CorsTests
{
    [Fact]
    public async Task A_listed_origin_may_read_answers_with_credentials()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync(
            "/auth/login", Calls.LoginJson("alice", IssuerHost.AlicePassword), ("Origin", IssuerHost.AppOrigin));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(IssuerHost.AppOrigin, Assert.Single(answer.Header("Access-Control-Allow-Origin")));
        Assert.Equal("true", Assert.Single(answer.Header("Access-Control-Allow-Credentials")));
        Assert.Equal("Origin", Assert.Single(answer.Header("Vary")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://app.example.evil.test")]
    [InlineData("https://evilapp.example")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:8443")]
    [InlineData("https://APP.example")]
    [InlineData("https://sub.app.example")]
    public async Task Any_other_origin_may_not(string origin)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/auth/me", ("Origin", origin));
        var preflight = await PreflightAsync(host, "/auth/refresh", origin, "POST", "content-type");

        Assert.All([answer, preflight], refused =>
        {
            Assert.Empty(refused.Header("Access-Control-Allow-Origin"));
            Assert.Empty(refused.Header("Access-Control-Allow-Credentials"));
            Assert.Equal("Origin", Assert.Single(refused.Header("Vary")));
        });
    }

    [Fact]
    public async Task A_preflight_of_a_listed_origin_is_granted_what_the_contract_needs()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await PreflightAsync(host, "/auth/refresh", IssuerHost.AppOrigin, "POST", "content-type,idempotency-key");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(IssuerHost.AppOrigin, Assert.Single(answer.Header("Access-Control-Allow-Origin")));
        Assert.Contains("Idempotency-Key", string.Join(',', answer.Header("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task A_preflight_for_an_unlisted_method_or_header_is_not_granted()
    {
        await using var host = await IssuerHost.StartAsync();

        var method = await PreflightAsync(host, "/auth/refresh", IssuerHost.AppOrigin, "PATCH", "content-type");
        var header = await PreflightAsync(host, "/auth/refresh", IssuerHost.AppOrigin, "POST", "x-http-method-override");

        Assert.DoesNotContain("PATCH", string.Join(',', method.Header("Access-Control-Allow-Methods")));
        Assert.DoesNotContain("x-http-method-override", string.Join(',', header.Header("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Public_documents_are_for_everybody_and_without_credentials()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/.well-known/jwks.json", ("Origin", "https://any.test"));

        Assert.Equal("*", Assert.Single(answer.Header("Access-Control-Allow-Origin")));
        Assert.Empty(answer.Header("Access-Control-Allow-Credentials"));
        Assert.Empty(answer.Header("Vary"));
    }

    [Fact]
    public async Task An_error_can_be_read_by_the_listed_origin_as_well()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.RefreshByBodyAsync("garbage", ("Origin", IssuerHost.AppOrigin));

        Assert.Equal("invalid_grant", answer.Code);
        Assert.Equal(IssuerHost.AppOrigin, Assert.Single(answer.Header("Access-Control-Allow-Origin")));
    }

    private static Task<Answer> PreflightAsync(IssuerHost host, string path, string origin, string method, string headers)
        => host.SendAsync(
            HttpMethod.Options, path, null,
            ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));
}
