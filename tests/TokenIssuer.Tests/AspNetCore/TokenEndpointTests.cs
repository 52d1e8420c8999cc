using System.Net;
using System.Text;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class TokenEndpointTests
{
    private static readonly (string Name, string Value) s_service = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);

    [Fact]
    public async Task A_public_client_refreshes_by_its_id_alone()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.PostFormAsync("/oauth/token", $"grant_type=refresh_token&client_id=spa&refresh_token={login.RefreshToken}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(login.SessionId, answer.SessionId);
        Assert.NotEqual(login.RefreshToken, answer.RefreshToken);
        Assert.Empty(answer.SetCookies);
        Assert.Equal("no-store", Assert.Single(answer.Header("Cache-Control")));
    }

    [Fact]
    public async Task The_scope_may_narrow_and_never_widen()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var form = $"grant_type=refresh_token&client_id=spa&refresh_token={login.RefreshToken}";

        var wider = await host.PostFormAsync("/oauth/token", form + "&scope=admin");
        var narrower = await host.PostFormAsync("/oauth/token", form + "&scope=notes%3Aread");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (wider.Status, wider.Code));
        Assert.Equal("notes:read", narrower.Json.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task The_token_of_another_client_is_refused_and_stays_good()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Options = options => options.Clients.Add(new OAuthClient { ClientId = "mobile", Public = true, GrantTypes = { "refresh_token" } }),
        });
        var login = await host.LogInForBodyAsync();

        var foreign = await host.PostFormAsync("/oauth/token", $"grant_type=refresh_token&client_id=mobile&refresh_token={login.RefreshToken}");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (foreign.Status, foreign.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task Dead_tokens_are_answered_here_as_everywhere()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));

        var dead = await host.PostFormAsync("/oauth/token", $"grant_type=refresh_token&client_id=spa&refresh_token={login.RefreshToken}");
        var garbage = await host.PostFormAsync("/oauth/token", "grant_type=refresh_token&client_id=spa&refresh_token=garbage");
        var elsewhere = await host.RefreshByBodyAsync("garbage");

        Assert.Equal("invalid_grant", dead.Code);
        Assert.Equal((elsewhere.Snapshot(), elsewhere.Body), (dead.Snapshot(), dead.Body));
        Assert.Equal((elsewhere.Snapshot(), elsewhere.Body), (garbage.Snapshot(), garbage.Body));
    }

    [Theory]
    [InlineData("", "jobs:read jobs:run")]
    [InlineData("&scope=jobs%3Arun", "jobs:run")]
    public async Task A_service_gets_an_access_token_for_itself_and_nothing_else(string asked, string granted)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials" + asked, s_service);

        Assert.Equal(["access_token", "token_type", "expires_in", "scope"], answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(granted, answer.Json.GetProperty("scope").GetString());
        var claims = JwtText.Payload(answer.AccessToken);
        Assert.Equal("client:worker", claims.GetProperty("sub").GetString());
        Assert.Equal("worker", claims.GetProperty("client_id").GetString());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.False(claims.TryGetProperty("auth_time", out _));
        Assert.False(claims.TryGetProperty("roles", out _));
    }

    [Fact]
    public async Task Each_service_token_has_a_session_of_its_own()
    {
        await using var host = await IssuerHost.StartAsync();

        var first = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", s_service);
        var second = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", s_service);

        Assert.NotEqual(SidOf(first), SidOf(second));
    }

    [Fact]
    public async Task Revoking_the_client_kills_its_tokens_and_lets_it_ask_for_new_ones()
    {
        await using var host = await IssuerHost.StartAsync();
        var before = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", s_service);
        await host.Get<TokenAuthority>().RevokeAsync(
            new RevocationTarget.EverythingOf(Subject.OfClient("worker")), RevocationReason.Administrator, TestContext.Current.CancellationToken);

        var after = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", s_service);

        Assert.False(await IsActiveAsync(host, before.AccessToken));
        Assert.True(await IsActiveAsync(host, after.AccessToken));
    }

    [Fact]
    public async Task A_service_has_no_business_at_the_endpoints_of_users()
    {
        await using var host = await IssuerHost.StartAsync();
        var service = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", s_service);

        var me = await host.GetAsync("/auth/me", Calls.Bearer(service.AccessToken));
        var sessions = await host.GetAsync("/auth/sessions", Calls.Bearer(service.AccessToken));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (me.Status, sessions.Status));
    }

    [Fact]
    public async Task A_service_token_with_the_scope_follows_the_revocations()
    {
        await using var host = await IssuerHost.StartAsync();
        var token = await host.PostFormAsync(
            "/oauth/token", "grant_type=client_credentials", Calls.Basic(IssuerHost.FeedClient, IssuerHost.FeedSecret));

        var answer = await host.GetAsync("/oauth/revocations", Calls.Bearer(token.AccessToken));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=worker&client_secret=worker-secret", null, HttpStatusCode.OK, null)]
    [InlineData("grant_type=client_credentials", "worker:worker-secret", HttpStatusCode.OK, null)]
    [InlineData("grant_type=client_credentials&client_id=worker", "worker:worker-secret", HttpStatusCode.OK, null)]
    [InlineData("grant_type=client_credentials", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials", "worker:wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials", "nobody:worker-secret", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials", "worker", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=worker", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=worker&client_secret=wrong", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_secret=worker-secret", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=refresh_token&client_id=spa&client_secret=x&refresh_token=y", null, HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=worker&client_secret=worker-secret", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id=spa", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id=spa", null, HttpStatusCode.BadRequest, "unauthorized_client")]
    [InlineData("grant_type=refresh_token&refresh_token=x", "worker:worker-secret", HttpStatusCode.BadRequest, "unauthorized_client")]
    [InlineData("grant_type=client_credentials&scope=admin", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("grant_type=client_credentials&scope=%00", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("grant_type=password&username=alice&password=x", "worker:worker-secret", HttpStatusCode.BadRequest, "unsupported_grant_type")]
    [InlineData("grant_type=", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials", "worker:worker-secret", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=refresh_token&client_id=spa", null, HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=client_credentials&resource=x&unknown=y", "worker:worker-secret", HttpStatusCode.OK, null)]
    public async Task Every_request_gets_the_answer_of_the_rfc(string form, string? basic, HttpStatusCode status, string? code)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostFormAsync("/oauth/token", form, basic is null ? [] : [Encode(basic)]);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(status == HttpStatusCode.Unauthorized ? 1 : 0, answer.Header("WWW-Authenticate").Count);
    }

    [Fact]
    public async Task Json_and_urls_are_not_looked_at()
    {
        await using var host = await IssuerHost.StartAsync();

        var json = await host.PostJsonAsync("/oauth/token", """{"grant_type":"client_credentials"}""", s_service);
        var url = await host.PostFormAsync("/oauth/token?grant_type=client_credentials", string.Empty, s_service);
        var get = await host.GetAsync("/oauth/token?grant_type=client_credentials", s_service);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.Status);
        Assert.Equal("invalid_request", url.Code);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.Status);
    }

    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/oauth/revoke")]
    [InlineData("/oauth/introspect")]
    public async Task Two_thousand_random_forms_never_break_anything(string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var random = new Random(path.Length);

        for (var i = 0; i < 2000; i++)
        {
            var content = new ByteArrayContent(RandomForms.Next(random));
            content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
            var answer = await host.SendAsync(HttpMethod.Post, path, content, random.Next(2) == 0 ? [s_service] : []);
            Assert.True((int)answer.Status < 500, answer.Status.ToString());
        }
    }

    private static async Task<bool> IsActiveAsync(IssuerHost host, string token)
        => (await host.PostFormAsync("/oauth/introspect", "token=" + token, s_service)).Json.GetProperty("active").GetBoolean();

    private static string? SidOf(Answer answer) => JwtText.Payload(answer.AccessToken).GetProperty("sid").GetString();

    private static (string Name, string Value) Encode(string pair) => ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
}
