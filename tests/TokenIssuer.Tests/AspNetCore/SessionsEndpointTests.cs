using System.Net;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class SessionsEndpointTests
{
    [Fact]
    public async Task A_user_sees_their_own_living_sessions()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.PostJsonAsync(
            "/auth/login",
            $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","device":"Kitchen tablet","delivery":"body"}""",
            ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await host.LogInForBodyAsync();
        await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var answer = await host.GetAsync("/auth/sessions", Calls.Bearer(first.AccessToken));

        var sessions = answer.Json.GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal([second.SessionId, first.SessionId], sessions.Select(session => session.GetProperty("id").GetString()));
        Assert.Equal([false, true], sessions.Select(session => session.GetProperty("current").GetBoolean()));
        Assert.Equal(
            """{"id":"ID","created_at":"2026-01-01T12:00:00+00:00","last_used_at":"2026-01-01T12:00:00+00:00","expires_at":"2026-01-02T00:00:00+00:00","idle_expires_at":"2026-01-01T12:30:00+00:00","device":"Kitchen tablet","user_agent":"Chrome 141 \u00B7 Windows","client_id":"spa","current":true}""",
            AtStart(host, sessions[1].GetRawText().Replace(first.SessionId, "ID", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refresh_moves_the_last_use_and_the_idle_end_only()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var before = (await host.GetAsync("/auth/sessions", Calls.Bearer(login.AccessToken))).Json.GetProperty("sessions")[0];
        host.Clock.Advance(TimeSpan.FromMinutes(4));
        await host.RefreshByBodyAsync(login.RefreshToken);

        var after = (await host.GetAsync("/auth/sessions", Calls.Bearer(login.AccessToken))).Json.GetProperty("sessions")[0];

        Assert.Equal(TimeSpan.FromMinutes(4), Time(after, "last_used_at") - Time(before, "last_used_at"));
        Assert.Equal(TimeSpan.FromMinutes(4), Time(after, "idle_expires_at") - Time(before, "idle_expires_at"));
        Assert.Equal(Time(before, "expires_at"), Time(after, "expires_at"));
        Assert.Equal(Time(before, "created_at"), Time(after, "created_at"));
    }

    [Fact]
    public async Task A_user_ends_one_of_their_sessions()
    {
        await using var host = await IssuerHost.StartAsync();
        var mine = await host.LogInForBodyAsync();
        var lost = await host.LogInForBodyAsync();

        var answer = await DeleteAsync(host, lost.SessionId, mine.AccessToken);
        var again = await DeleteAsync(host, lost.SessionId, mine.AccessToken);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (answer.Status, again.Status));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(lost.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(lost.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(mine.RefreshToken)).Status);
    }

    [Fact]
    public async Task The_session_of_somebody_else_is_answered_like_one_that_does_not_exist()
    {
        await using var host = await IssuerHost.StartAsync();
        var alice = await host.LogInForBodyAsync();
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);
        var invented = new SessionId(new UserKey(1), new FamilyId(2)).ToString();

        var foreign = await DeleteAsync(host, bob.SessionId, alice.AccessToken);
        var unknown = await DeleteAsync(host, invented, alice.AccessToken);
        var malformed = await DeleteAsync(host, "no-session", alice.AccessToken);

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (foreign.Status, foreign.Code));
        Assert.Equal((foreign.Snapshot(), foreign.Body), (unknown.Snapshot(), unknown.Body));
        Assert.Equal((foreign.Snapshot(), foreign.Body), (malformed.Snapshot(), malformed.Body));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(bob.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("GET", "/auth/sessions")]
    [InlineData("DELETE", "/auth/sessions/x")]
    [InlineData("GET", "/auth/me")]
    [InlineData("POST", "/auth/password")]
    public async Task Without_a_bearer_nothing_is_answered(string method, string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var bare = await host.SendAsync(new HttpMethod(method), path, null, Calls.OwnOrigin);
        var byCookie = await host.SendAsync(new HttpMethod(method), path, null, Calls.OwnOrigin, Calls.Cookie(login.CookieToken));
        var inUrl = await host.SendAsync(new HttpMethod(method), $"{path}?access_token={login.AccessToken}", null, Calls.OwnOrigin);

        Assert.All([bare, byCookie, inUrl], answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.Status));
        Assert.All([bare, byCookie, inUrl], answer => Assert.StartsWith("Bearer", Assert.Single(answer.Header("WWW-Authenticate"))));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
    }

    [Fact]
    public async Task Me_tells_who_is_signed_in()
    {
        await using var host = await IssuerHost.StartAsync();
        host.Directory.Add("root", "correct-horse-5", null, "admin", "auditor");
        var login = await host.LogInForBodyAsync("root", "correct-horse-5");
        var authTime = host.Clock.Now.ToUnixTimeSeconds();

        var answer = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));

        Assert.Equal(
            $$"""{"sub":"id-of-root","username":"root","roles":["admin","auditor"],"session_id":"{{login.SessionId}}","auth_time":{{authTime}}}""",
            answer.Body);
    }

    private static Task<Answer> DeleteAsync(IssuerHost host, string id, string accessToken)
        => host.SendAsync(HttpMethod.Delete, "/auth/sessions/" + id, null, Calls.Bearer(accessToken));

    private static DateTimeOffset Time(System.Text.Json.JsonElement session, string name) => session.GetProperty(name).GetDateTimeOffset();

    /// <summary>The clock has moved by fractions of a second until the host was ready: whole minutes are what matters.</summary>
    private static string AtStart(IssuerHost host, string json)
    {
        Assert.True(host.Clock.Now < new DateTimeOffset(2026, 1, 1, 12, 2, 0, TimeSpan.Zero));
        return System.Text.RegularExpressions.Regex.Replace(json, @"(T\d\d:\d\d):\d\d(\.\d+)?", "$1:00");
    }
}
