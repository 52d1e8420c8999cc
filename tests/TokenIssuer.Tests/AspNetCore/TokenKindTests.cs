using System.Net;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Each kind of token opens its own door only.</summary>
public sealed class TokenKindTests
{
    [Fact]
    public async Task An_access_token_and_an_API_token_refresh_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var apiToken = (await ApiTokenCalls.CreateAsync(host, login)).Json.GetProperty("token").GetString() ?? string.Empty;

        foreach (var token in new[] { login.AccessToken, apiToken, login.SessionId })
        {
            Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(token)).Code);
            Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(token)).Code);
            Assert.Equal("invalid_grant", (await host.PostFormAsync("/oauth/token", $"grant_type=refresh_token&client_id=spa&refresh_token={token}")).Code);
        }

        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_refresh_token_is_no_bearer_credential()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var asBearer = await host.GetAsync("/auth/me", Calls.Bearer(login.RefreshToken));
        var asSession = await host.GetAsync("/auth/me", Calls.Bearer(login.SessionId));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (asBearer.Status, asSession.Status));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }
}
