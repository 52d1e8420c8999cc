using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Sessions of configured clients: started at the login, refreshed at the token endpoint, by that client and no other.</summary>
public sealed class ClientLoginTests
{
    private const string Secret = "web-secret";
    private static readonly (string Name, string Value) s_web = Calls.Basic("web", Secret);

    [Fact]
    public async Task A_confidential_client_starts_a_session_and_alone_refreshes_it()
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host, string.Empty, s_web);
        var form = $"grant_type=refresh_token&refresh_token={login.RefreshToken}";

        var mobile = await host.PostFormAsync("/oauth/token", form + "&client_id=mobile");
        var spa = await host.PostFormAsync("/oauth/token", form + "&client_id=spa");
        var first = await host.RefreshByBodyAsync(login.RefreshToken);
        var unproved = await host.PostFormAsync("/oauth/token", form + "&client_id=web");
        var own = await host.PostFormAsync("/oauth/token", form, s_web);

        Assert.Equal("web", JwtText.Payload(login.AccessToken).GetProperty("client_id").GetString());
        Assert.Equal("notes:read", login.Json.GetProperty("scope").GetString());
        Assert.All([mobile, spa, first], answer => Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (answer.Status, answer.Code)));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (unproved.Status, unproved.Code));
        Assert.Equal((HttpStatusCode.OK, login.SessionId), (own.Status, own.SessionId));
        Assert.NotEqual(login.RefreshToken, own.RefreshToken);
        Assert.Equal("web", JwtText.Payload(own.AccessToken).GetProperty("client_id").GetString());
    }

    [Fact]
    public async Task A_public_client_starts_a_session_by_its_id_and_alone_refreshes_it()
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host, ""","client_id":"mobile","delivery":"body","scope":"notes:write" """);
        var form = $"grant_type=refresh_token&refresh_token={login.RefreshToken}";

        var web = await host.PostFormAsync("/oauth/token", form, s_web);
        var own = await host.PostFormAsync("/oauth/token", form + "&client_id=mobile");

        Assert.Equal("notes:write", login.Json.GetProperty("scope").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (web.Status, web.Code));
        Assert.Equal((HttpStatusCode.OK, login.SessionId), (own.Status, own.SessionId));
    }

    [Fact]
    public async Task Its_sessions_are_shown_with_its_name_and_stay_its_own_after_a_password_change()
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host, string.Empty, s_web);

        var sessions = await host.GetAsync("/auth/sessions", Calls.Bearer(login.AccessToken));
        var changed = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""",
            Calls.Bearer(login.AccessToken));
        var refreshed = await host.PostFormAsync("/oauth/token", $"grant_type=refresh_token&refresh_token={changed.RefreshToken}", s_web);

        Assert.Equal("web", Assert.Single(sessions.Json.GetProperty("sessions").EnumerateArray()).GetProperty("client_id").GetString());
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
    }

    [Theory]
    [InlineData("", "web:wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("", "nobody:web-secret", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData(""","client_id":"web" """, null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData(""","client_id":"nobody" """, null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData(""","client_id":"mobile" """, "web:web-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("", "worker:worker-secret", HttpStatusCode.BadRequest, "unauthorized_client")]
    [InlineData(""","delivery":"cookie" """, "web:web-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData(""","scope":"notes:write" """, "web:web-secret", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData(""","scope":"jobs:run" """, "web:web-secret", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData(""","client_id":"scopeless" """, null, HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData(""","client_id":"web","delivery":"body","scope":"notes:read" """, "web:web-secret", HttpStatusCode.OK, null)]
    [InlineData(""","client_id":"spa" """, null, HttpStatusCode.OK, null)]
    [InlineData(""","client_id":"" """, null, HttpStatusCode.OK, null)]
    public async Task Every_request_gets_the_answer_of_the_rfc(string members, string? basic, HttpStatusCode status, string? code)
    {
        await using var host = await StartAsync();

        var answer = await LogInAsync(host, members, basic is null ? [] : [Calls.Basic(basic.Split(':')[0], basic.Split(':')[1])]);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(status == HttpStatusCode.Unauthorized ? 1 : 0, answer.Header("WWW-Authenticate").Count);
    }

    [Fact]
    public async Task A_client_that_is_refused_learns_nothing_about_the_password()
    {
        await using var host = await StartAsync();

        await LogInAsync(host, string.Empty, Calls.Basic("web", "wrong"));

        Assert.Equal(0, host.Directory.Verifications);
    }

    private static Task<Answer> LogInAsync(IssuerHost host, string members, params (string Name, string Value)[] headers)
        => host.PostJsonAsync("/auth/login", $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}"{{members}}}""", headers);

    private static Task<IssuerHost> StartAsync() => IssuerHost.StartAsync(new IssuerSetup
    {
        Options = options =>
        {
            options.Clients.Add(new OAuthClient { ClientId = "web", Secret = Secret, GrantTypes = { "refresh_token" }, Scopes = { "notes:read", "jobs:run" } });
            options.Clients.Add(new OAuthClient { ClientId = "mobile", Public = true, GrantTypes = { "refresh_token" }, Scopes = { "notes:read", "notes:write" } });
            options.Clients.Add(new OAuthClient { ClientId = "scopeless", Public = true, GrantTypes = { "refresh_token" } });
        },
    });
}
