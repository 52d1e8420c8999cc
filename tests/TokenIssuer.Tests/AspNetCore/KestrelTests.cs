using System.Net;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>What only a real server on a real store does: limits while a body comes in, framing, streams over TCP.</summary>
public sealed class KestrelTests
{
    private static readonly IssuerSetup s_setup = new() { Transport = IssuerTransport.Kestrel, Store = IssuerStore.Sqlite };

    [Fact]
    public async Task Sign_in_refresh_and_sign_out_work_over_tcp()
    {
        await using var host = await IssuerHost.StartAsync(s_setup);

        var login = await host.LogInAsync();
        var refresh = await host.RefreshByCookieAsync(login.CookieToken);
        var logout = await host.PostAsync("/auth/logout", Calls.Cookie(refresh.CookieToken), Calls.OwnOrigin);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent), (login.Status, refresh.Status, logout.Status));
    }

    [Theory]
    [InlineData(1024 * 1024, "")]
    [InlineData(40 * 1024, "Transfer-Encoding: chunked\r\n")]
    public async Task A_body_over_the_limit_is_413_however_it_is_framed(int length, string framing)
    {
        await using var host = await IssuerHost.StartAsync(s_setup);
        var body = new string('x', length);
        var head = framing.Length == 0 ? $"Content-Length: {length}\r\n" : framing;
        var payload = framing.Length == 0 ? body : $"{length:x}\r\n{body}\r\n0\r\n\r\n";

        var answer = await SendRawAsync(host, $"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}\r\n{payload}");

        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("\"request_too_large\"", answer);
        Assert.Contains("\r\nConnection: close\r\n", answer);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    public async Task A_body_of_doubtful_length_is_400(string framing)
    {
        await using var host = await IssuerHost.StartAsync(s_setup);

        var answer = await SendRawAsync(host, $"POST /auth/login HTTP/1.1\r\nHost: x\r\n{framing}\r\n{{}}");

        Assert.StartsWith("HTTP/1.1 400 ", answer);
    }

    [Fact]
    public async Task A_huge_authorization_header_is_refused()
    {
        await using var host = await IssuerHost.StartAsync(s_setup);

        var answer = await SendRawAsync(host, $"GET /auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {new string('a', 100_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer);
    }

    [Fact]
    public async Task An_empty_origin_is_a_foreign_one()
    {
        await using var host = await IssuerHost.StartAsync(s_setup);
        var login = await host.LogInAsync();

        var answer = await SendRawAsync(
            host,
            $"POST /auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nOrigin:\r\nSec-Fetch-Site: same-origin\r\nCookie: {Calls.CookieName}={login.CookieToken}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(login.CookieToken)).Status);
    }

    [Fact]
    public async Task The_stream_of_revocations_is_sent_as_it_comes()
    {
        await using var host = await IssuerHost.StartAsync(s_setup);
        var login = await host.LogInForBodyAsync();
        await using var events = await EventReader.OpenAsync(host, Calls.Basic(IssuerHost.FeedClient, IssuerHost.FeedSecret));
        var snapshot = await events.NextAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));
        await host.UntilFollowedAsync();

        var news = await events.NextNewsAsync();

        Assert.Equal(("snapshot", "revocation"), (snapshot?.EventType, news?.EventType));
    }

    private static async Task<string> SendRawAsync(IssuerHost host, string request)
    {
        using var client = host.CreateClient();
        return await RawRequest.SendAsync(client.BaseAddress, request);
    }
}
