using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class ApiTokensEndpointTests
{
    [Fact]
    public async Task A_user_makes_sees_and_deletes_an_API_token()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var created = await ApiTokenCalls.CreateAsync(host, login, """{"name":"backup","scope":"notes:read","expires_in":3600}""");
        var listed = await ApiTokenCalls.ListAsync(host, login);
        var deleted = await ApiTokenCalls.DeleteAsync(host, login, created.Json.GetProperty("id").GetString());
        var after = await ApiTokenCalls.ListAsync(host, login);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Matches("^tip_[A-Za-z0-9_-]{92}$", created.Json.GetProperty("token").GetString());
        Assert.Equal(("backup", "notes:read"), (created.Json.GetProperty("name").GetString(), created.Json.GetProperty("scope").GetString()));
        Assert.Equal(TimeSpan.FromHours(1), created.Json.GetProperty("expires_at").GetDateTimeOffset() - host.Clock.Now);
        var only = Assert.Single(listed.Json.GetProperty("api_tokens").EnumerateArray());
        Assert.Equal(created.Json.GetProperty("id").GetString(), only.GetProperty("id").GetString());
        Assert.DoesNotContain("tip_", listed.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Empty(after.Json.GetProperty("api_tokens").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"expires_in":60}""", "invalid_request")]
    [InlineData("""{"name":"","expires_in":60}""", "invalid_request")]
    [InlineData("""{"name":"x"}""", "invalid_request")]
    [InlineData("""{"name":"x","expires_in":0}""", "invalid_request")]
    [InlineData("""{"name":"x","expires_in":-1}""", "invalid_request")]
    [InlineData("""{"name":"x","expires_in":9223372036854775807}""", "invalid_request")]
    [InlineData("""{"name":"x","expires_in":1.5}""", "invalid_request")]
    [InlineData("""{"name":"a\nb","expires_in":60}""", "invalid_request")]
    [InlineData("""{"name":"x","scope":"admin","expires_in":60}""", "invalid_scope")]
    public async Task Bad_wishes_are_refused_and_make_nothing(string json, string code)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await ApiTokenCalls.CreateAsync(host, login, json);

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Code));
        Assert.Empty((await ApiTokenCalls.ListAsync(host, login)).Json.GetProperty("api_tokens").EnumerateArray());
    }

    [Fact]
    public async Task Somebody_elses_token_is_answered_like_one_that_does_not_exist()
    {
        await using var host = await IssuerHost.StartAsync();
        var alice = await host.LogInForBodyAsync();
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);
        var created = await ApiTokenCalls.CreateAsync(host, alice);

        var foreign = await ApiTokenCalls.DeleteAsync(host, bob, created.Json.GetProperty("id").GetString());
        var unknown = await ApiTokenCalls.DeleteAsync(host, bob, "no-token");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.Status, unknown.Status));
        Assert.Equal(unknown.Body, foreign.Body);
        Assert.Single((await ApiTokenCalls.ListAsync(host, alice)).Json.GetProperty("api_tokens").EnumerateArray());
    }

    [Fact]
    public async Task There_is_a_limit()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.MaxApiTokensPerUser = 2 });
        var login = await host.LogInForBodyAsync();
        await ApiTokenCalls.CreateAsync(host, login);
        await ApiTokenCalls.CreateAsync(host, login);

        var third = await ApiTokenCalls.CreateAsync(host, login);

        Assert.Equal((HttpStatusCode.Conflict, "api_token_limit"), (third.Status, third.Code));
    }

    [Fact]
    public async Task A_password_change_takes_them_along_and_a_logout_of_all_sessions_does_not()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        await ApiTokenCalls.CreateAsync(host, login);

        await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"all"}""");
        var back = await host.LogInForBodyAsync();
        var afterLogout = await ApiTokenCalls.ListAsync(host, back);
        var changed = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""",
            Calls.Bearer(back.AccessToken));
        var afterChange = await ApiTokenCalls.ListAsync(host, changed);

        Assert.Single(afterLogout.Json.GetProperty("api_tokens").EnumerateArray());
        Assert.Empty(afterChange.Json.GetProperty("api_tokens").EnumerateArray());
    }

    [Theory]
    [InlineData("GET", "/auth/me", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/auth/sessions", HttpStatusCode.Unauthorized)]
    [InlineData("DELETE", "/auth/sessions/SESSION", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/auth/api-tokens", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/auth/api-tokens", HttpStatusCode.Unauthorized)]
    [InlineData("DELETE", "/auth/api-tokens/ID", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/auth/password", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/admin/keys", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/admin/audit", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/admin/revocations", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/oauth/revocations", HttpStatusCode.Unauthorized)]
    public async Task They_open_nothing_at_the_issuer(string method, string path, HttpStatusCode expected)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var created = await ApiTokenCalls.CreateAsync(host, admin);
        var id = created.Json.GetProperty("id").GetString();
        var target = path.Replace("SESSION", admin.SessionId, StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal);

        var answer = await host.SendAsync(new HttpMethod(method), target, null, Calls.Bearer(created.Json.GetProperty("token").GetString() ?? string.Empty));

        Assert.Equal(expected, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(admin.AccessToken))).Status);
        Assert.Single((await ApiTokenCalls.ListAsync(host, admin)).Json.GetProperty("api_tokens").EnumerateArray());
    }

    [Fact]
    public async Task They_sign_nobody_out()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var created = await ApiTokenCalls.CreateAsync(host, login);
        var bearer = Calls.Bearer(created.Json.GetProperty("token").GetString() ?? string.Empty);

        var answer = await host.PostJsonAsync("/auth/logout", """{"scope":"all"}""", bearer);

        Assert.True(answer.Status is HttpStatusCode.NoContent or HttpStatusCode.Unauthorized, answer.Status.ToString());
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
    }

    [Fact]
    public async Task The_last_use_is_known_to_the_minute()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var created = await ApiTokenCalls.CreateAsync(host, login);
        var before = await ApiTokenCalls.ListAsync(host, login);

        await host.PostFormAsync(
            "/oauth/introspect", "token=" + created.Json.GetProperty("token").GetString(), Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret));
        var after = await ApiTokenCalls.ListAsync(host, login);

        Assert.False(before.Json.GetProperty("api_tokens")[0].TryGetProperty("last_used_at", out _));
        var usedAt = after.Json.GetProperty("api_tokens")[0].GetProperty("last_used_at").GetDateTimeOffset();
        Assert.InRange(host.Clock.Now - usedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }
}

/// <summary>What tests do with API tokens.</summary>
internal static class ApiTokenCalls
{
    private const string Path = "/auth/api-tokens";

    public static Task<Answer> CreateAsync(IssuerHost host, Answer login, string json = """{"name":"script","expires_in":3600}""")
        => host.PostJsonAsync(Path, json, Calls.Bearer(login.AccessToken));

    public static Task<Answer> ListAsync(IssuerHost host, Answer login) => host.GetAsync(Path, Calls.Bearer(login.AccessToken));

    public static Task<Answer> DeleteAsync(IssuerHost host, Answer login, string? id)
        => host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, Calls.Bearer(login.AccessToken));
}
