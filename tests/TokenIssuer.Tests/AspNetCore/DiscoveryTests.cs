using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task The_key_set_holds_the_signing_and_the_announced_key_and_nothing_private()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/.well-known/jwks.json");

        var keys = answer.Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(2, keys.Count);
        Assert.All(keys, key => Assert.Equal(
            ["kty", "use", "alg", "kid", "crv", "x", "y"], key.EnumerateObject().Select(member => member.Name)));
        Assert.Equal("public, max-age=3600", Assert.Single(answer.Header("Cache-Control")));
        Assert.Equal("*", Assert.Single((await host.GetAsync("/.well-known/jwks.json", ("Origin", "https://any.test"))).Header("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task The_key_set_is_cached_for_at_most_half_the_announcement()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Keys.AnnounceFor = TimeSpan.FromMinutes(10) });

        var answer = await host.GetAsync("/.well-known/jwks.json");

        Assert.Equal("public, max-age=300", Assert.Single(answer.Header("Cache-Control")));
    }

    [Fact]
    public async Task A_stock_validator_accepts_a_token_by_metadata_and_key_set_alone()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var metadata = OpenIdConnectConfiguration.Create((await host.GetAsync("/.well-known/openid-configuration")).Body);
        var keys = new JsonWebKeySet((await host.GetAsync(new Uri(metadata.JwksUri).AbsolutePath)).Body);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(login.AccessToken, new TokenValidationParameters
        {
            ValidIssuer = metadata.Issuer,
            ValidAudience = "notes-api",
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidTypes = ["at+jwt"],
            LifetimeValidator = (_, expires, _, _) => expires > host.Clock.Now,
        });

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("id-of-alice", result.Claims["sub"]);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Metadata_names_the_exact_issuer_and_addresses_that_answer(string path)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync(path);

        Assert.Equal(IssuerHost.Issuer, answer.Json.GetProperty("issuer").GetString());
        var addresses = answer.Json.EnumerateObject()
            .Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name.EndsWith("_uri", StringComparison.Ordinal))
            .Select(member => member.Value.GetString() ?? string.Empty)
            .ToList();
        Assert.NotEmpty(addresses);
        foreach (var address in addresses)
        {
            Assert.StartsWith(IssuerHost.Issuer + "/", address);
            Assert.NotEqual(HttpStatusCode.NotFound, (await host.GetAsync(address[IssuerHost.Issuer.Length..])).Status);
        }
    }

    [Fact]
    public async Task Both_metadata_documents_are_the_same()
    {
        await using var host = await IssuerHost.StartAsync();

        var openId = await host.GetAsync("/.well-known/openid-configuration");
        var oauth = await host.GetAsync("/.well-known/oauth-authorization-server");

        Assert.Equal(openId.Body, oauth.Body);
        Assert.Equal("public, max-age=3600", Assert.Single(oauth.Header("Cache-Control")));
        Assert.Equal(JsonValueKind.Array, oauth.Json.GetProperty("scopes_supported").ValueKind);
    }
}
