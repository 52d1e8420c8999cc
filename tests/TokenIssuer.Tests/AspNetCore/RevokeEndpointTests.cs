using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RevokeEndpointTests
{
    [Theory]
    [InlineData("")]
    [InlineData("&token_type_hint=refresh_token")]
    [InlineData("&token_type_hint=access_token")]
    [InlineData("&token_type_hint=foo")]
    public async Task A_refresh_token_takes_its_session_along(string hint)
    {
        await using var host = await IssuerHost.StartAsync();
        var (login, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());

        var answer = await host.PostFormAsync("/oauth/revoke", $"client_id=spa&token={login.RefreshToken}{hint}");

        Assert.Equal((HttpStatusCode.OK, string.Empty), (answer.Status, answer.Body));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(other.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&token_type_hint=refresh_token")]
    public async Task An_access_token_dies_alone(string hint)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var refreshed = await host.RefreshByBodyAsync(login.RefreshToken);

        var answer = await host.PostFormAsync("/oauth/revoke", $"client_id=spa&token={login.AccessToken}{hint}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(refreshed.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(refreshed.RefreshToken)).Status);
    }

    [Fact]
    public async Task Tokens_of_another_client_are_left_alone_and_nobody_is_told()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var worker = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);

        var refresh = await host.PostFormAsync("/oauth/revoke", $"token={login.RefreshToken}", worker);
        var access = await host.PostFormAsync("/oauth/revoke", $"token={login.AccessToken}", worker);
        var unknown = await host.PostFormAsync("/oauth/revoke", "token=unknown", worker);

        Assert.All([refresh, access], answer => Assert.Equal((unknown.Snapshot(), unknown.Body), (answer.Snapshot(), answer.Body)));
        Assert.Equal(HttpStatusCode.OK, unknown.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_service_revokes_its_own_token()
    {
        await using var host = await IssuerHost.StartAsync();
        var worker = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);
        var token = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", worker);

        var answer = await host.PostFormAsync("/oauth/revoke", $"token={token.AccessToken}", worker);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"active":false}""", (await host.PostFormAsync("/oauth/introspect", $"token={token.AccessToken}", worker)).Body);
    }

    [Fact]
    public async Task Twice_is_as_good_as_once()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var first = await host.PostFormAsync("/oauth/revoke", $"client_id=spa&token={login.RefreshToken}");
        var second = await host.PostFormAsync("/oauth/revoke", $"client_id=spa&token={login.RefreshToken}");

        Assert.Equal((first.Snapshot(), first.Body), (second.Snapshot(), second.Body));
    }

    [Fact]
    public async Task Without_a_client_or_a_token_nothing_is_looked_at()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var nobody = await host.PostFormAsync("/oauth/revoke", $"token={login.RefreshToken}");
        var unknown = await host.PostFormAsync("/oauth/revoke", $"client_id=nobody&token={login.RefreshToken}");
        var empty = await host.PostFormAsync("/oauth/revoke", "client_id=spa&token=");
        var inUrl = await host.PostFormAsync($"/oauth/revoke?token={login.RefreshToken}", "client_id=spa");

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (nobody.Status, nobody.Code));
        Assert.Equal((nobody.Snapshot(), nobody.Body), (unknown.Snapshot(), unknown.Body));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (empty.Status, empty.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (inUrl.Status, inUrl.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }
}
