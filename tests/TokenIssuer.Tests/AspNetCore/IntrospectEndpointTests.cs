using System.Net;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class IntrospectEndpointTests
{
    private const string Inactive = """{"active":false}""";
    private static readonly (string Name, string Value) s_service = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);

    [Fact]
    public async Task A_living_access_token_is_told_as_it_is()
    {
        await using var host = await IssuerHost.StartAsync();
        host.Directory.Add("root", "correct-horse-5", null, "admin");
        var login = await host.LogInForBodyAsync("root", "correct-horse-5");
        var claims = JwtText.Payload(login.AccessToken);

        var answer = await InspectAsync(host, login.AccessToken);

        Assert.Equal(
            ["active", "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti", "sid", "gen", "roles"],
            answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.True(answer.Json.GetProperty("active").GetBoolean());
        Assert.Equal("Bearer", answer.Json.GetProperty("token_type").GetString());
        Assert.All(
            ["scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "sid", "gen", "roles"],
            name => Assert.Equal(claims.GetProperty(name).GetRawText(), answer.Json.GetProperty(name).GetRawText()));
        Assert.Equal("no-store", Assert.Single(answer.Header("Cache-Control")));
    }

    [Fact]
    public async Task A_living_api_token_is_told_with_its_owner_and_dies_with_the_password()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var token = await CreateApiTokenAsync(host, login);

        var before = await InspectAsync(host, token);
        await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""",
            Calls.Bearer(login.AccessToken));
        var after = await InspectAsync(host, token);

        Assert.Equal(
            ["active", "scope", "username", "token_type", "exp", "iat", "sub", "aud", "iss", "jti", "gen", "recheck_in"],
            before.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JwtText.Payload(login.AccessToken).GetProperty("gen").GetInt64(), before.Json.GetProperty("gen").GetInt64());
        Assert.Equal(300, before.Json.GetProperty("recheck_in").GetInt32());
        Assert.Equal(
            ("id-of-alice", "alice", "notes:read"),
            (before.Json.GetProperty("sub").GetString(), before.Json.GetProperty("username").GetString(), before.Json.GetProperty("scope").GetString()));
        Assert.Equal(Inactive, after.Body);
    }

    [Fact]
    public async Task An_api_token_can_be_revoked_by_whoever_holds_it()
    {
        await using var host = await IssuerHost.StartAsync();
        var token = await CreateApiTokenAsync(host, await host.LogInForBodyAsync());
        var before = await InspectAsync(host, token);

        await host.PostFormAsync("/oauth/revoke", "client_id=spa&token=" + token);

        Assert.True(before.Json.GetProperty("active").GetBoolean());
        Assert.Equal(Inactive, (await InspectAsync(host, token)).Body);
    }

    [Fact]
    public async Task Dead_unknown_and_foreign_tokens_get_the_same_bytes()
    {
        await using var host = await IssuerHost.StartAsync();
        await using var elsewhere = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Audience = "other-api" });
        var revoked = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(revoked.RefreshToken));
        var expired = await host.LogInForBodyAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(6));
        var living = await host.LogInForBodyAsync();
        var foreign = await elsewhere.LogInForBodyAsync();

        var dead = new List<Answer>();
        foreach (var token in new[]
        {
            revoked.AccessToken, expired.AccessToken, foreign.AccessToken, living.RefreshToken, living.AccessToken + "x",
            living.AccessToken[..^2], "garbage", "tip_garbage", new string('a', 15_000),
        })
        {
            dead.Add(await InspectAsync(host, token));
        }

        var alive = await InspectAsync(host, living.AccessToken);
        Assert.All(dead, answer => Assert.Equal((HttpStatusCode.OK, Inactive), (answer.Status, answer.Body)));
        Assert.Single(dead.Select(answer => answer.Snapshot()).Distinct());
        Assert.True(alive.Json.GetProperty("active").GetBoolean());
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("password")]
    [InlineData("reuse")]
    [InlineData("administrator")]
    [InlineData("everything")]
    public async Task It_agrees_at_once_with_every_kill(string kill)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();
        var rotated = await host.RefreshByBodyAsync(login.RefreshToken);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var before = await InspectAsync(host, login.AccessToken);

        var killed = kill switch
        {
            "logout" => await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(rotated.RefreshToken)),
            "password" => await host.PostJsonAsync(
                "/auth/password", $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""", Calls.Bearer(login.AccessToken)),
            "reuse" => await host.RefreshByBodyAsync(login.RefreshToken),
            "administrator" => await host.OrderAsync(admin, """{"user":"id-of-alice"}"""),
            _ => await host.OrderAsync(admin, """{"everything":true}"""),
        };

        Assert.True(before.Json.GetProperty("active").GetBoolean());
        Assert.Equal(kill == "reuse" ? "invalid_grant" : null, killed.Code);
        Assert.Equal((Inactive, Inactive), ((await InspectAsync(host, login.AccessToken)).Body, (await InspectAsync(host, rotated.AccessToken)).Body));
    }

    [Fact]
    public async Task Only_a_client_that_proves_itself_may_ask()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var form = "token=" + login.AccessToken;

        var nobody = await host.PostFormAsync("/oauth/introspect", form);
        var ofPublic = await host.PostFormAsync("/oauth/introspect", form + "&client_id=spa");
        var wrong = await host.PostFormAsync("/oauth/introspect", form, Calls.Basic(IssuerHost.ServiceClient, "wrong"));
        var user = await host.PostFormAsync("/oauth/introspect", form, Calls.Bearer(login.AccessToken));
        var posted = await host.PostFormAsync("/oauth/introspect", $"{form}&client_id=worker&client_secret=worker-secret");

        Assert.All([nobody, ofPublic, wrong, user], answer => Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Code)));
        Assert.All([nobody, ofPublic, wrong, user], answer => Assert.Single(answer.Header("WWW-Authenticate")));
        Assert.True(posted.Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task It_takes_a_form_with_a_token()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var empty = await host.PostFormAsync("/oauth/introspect", string.Empty, s_service);
        var inUrl = await host.PostFormAsync("/oauth/introspect?token=" + login.AccessToken, string.Empty, s_service);
        var get = await host.GetAsync("/oauth/introspect?token=" + login.AccessToken, s_service);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (empty.Status, empty.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (inUrl.Status, inUrl.Code));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.Status);
    }

    private static Task<Answer> InspectAsync(IssuerHost host, string token) => host.PostFormAsync("/oauth/introspect", "token=" + token, s_service);

    private static async Task<string> CreateApiTokenAsync(IssuerHost host, Answer login)
    {
        var generation = JwtText.Payload(login.AccessToken).GetProperty("gen").GetInt64();
        var outcome = await host.Get<TokenAuthority>().CreateApiTokenAsync(
            new Subject("id-of-alice"), generation, "script", Scope.Of(["notes:read"]), TimeSpan.FromDays(30), TestContext.Current.CancellationToken);
        return Assert.IsType<ApiTokenCreation.Created>(outcome).Token.Reveal();
    }
}
