using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Every route that the issuer maps, so that a new one without a check is noticed.</summary>
public sealed class RouteWalkTests
{
    /// <summary>What answers without a bearer. All of them but the public documents demand credentials of another kind.</summary>
    private static readonly string[] s_open =
    [
        "GET /.well-known/jwks.json",
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/openid-configuration",
        "GET /oauth/revocations",
        "POST /auth/login",
        "POST /auth/logout",
        "POST /auth/refresh",
        "POST /oauth/introspect",
        "POST /oauth/revoke",
        "POST /oauth/token",
    ];

    /// <summary>Those of the open ones where a client proves itself.</summary>
    private static readonly string[] s_ofClients = ["GET /oauth/revocations", "POST /oauth/introspect", "POST /oauth/revoke", "POST /oauth/token"];

    [Fact]
    public async Task Every_route_wants_a_living_token_of_the_right_kind_but_for_a_short_list()
    {
        await using var host = await StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var dead = await host.LogInAsAdminAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(dead.RefreshToken));
        var apiToken = await ApiTokenCalls.CreateAsync(host, admin);
        string[] wrong =
        [
            dead.AccessToken,
            admin.RefreshToken,
            apiToken.Json.GetProperty("token").GetString() ?? string.Empty,
            admin.SessionId,
            admin.AccessToken[..^4],
        ];
        var routes = RoutesOf(host);

        Assert.Equal(s_open, routes.Where(route => s_open.Contains(route)));
        Assert.True(routes.Count > 25, $"{routes.Count} routes.");
        foreach (var route in routes.Except(s_open))
        {
            Assert.Equal((route, HttpStatusCode.Unauthorized), (route, (await AskAsync(host, route)).Status));
            foreach (var token in wrong)
            {
                Assert.Equal((route, HttpStatusCode.Unauthorized), (route, (await AskAsync(host, route, Calls.Bearer(token))).Status));
            }
        }

        foreach (var route in routes.Except(s_open))
        {
            var control = await AskAsync(host, route, Calls.Bearer(admin.AccessToken));
            Assert.True(control.Status is not HttpStatusCode.Unauthorized, $"{route}: {control.Status}");
            admin = control.Status == HttpStatusCode.OK && route.EndsWith("/retire", StringComparison.Ordinal) ? await host.LogInAsAdminAsync() : admin;
        }
    }

    [Fact]
    public async Task What_clients_ask_wants_a_client()
    {
        await using var host = await StartAsync();

        foreach (var route in s_ofClients)
        {
            var parts = route.Split(' ');
            var anonymous = parts[0] == "GET" ? await host.GetAsync(parts[1]) : await host.PostFormAsync(parts[1], "token=x&grant_type=client_credentials");
            Assert.Equal((route, HttpStatusCode.Unauthorized), (route, anonymous.Status));
        }
    }

    [Theory]
    [InlineData("/ADMIN/keys")]
    [InlineData("/admin/keys/")]
    [InlineData("/admin//keys")]
    [InlineData("//admin/keys")]
    [InlineData("/admin/./keys")]
    [InlineData("/auth/../admin/keys")]
    [InlineData("/admin/%6beys")]
    [InlineData("/admin%2fkeys")]
    [InlineData("/admin/keys;x=1")]
    [InlineData("/admin/keys?role=admin")]
    public async Task No_other_spelling_of_an_address_gets_around_the_check(string address)
    {
        await using var host = await StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var alice = await host.LogInForBodyAsync();

        var anonymous = await host.GetAsync(address);
        var user = await host.GetAsync(address, Calls.Bearer(alice.AccessToken), ("X-HTTP-Method-Override", "GET"), ("X-Original-URL", "/auth/me"));

        Assert.True(anonymous.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, $"{anonymous.Status}");
        Assert.True(user.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{user.Status}");
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken))).Status);
    }

    /// <summary>With a user administration and second factors, or their routes would not be there.</summary>
    private static Task<IssuerHost> StartAsync() => IssuerHost.StartAsync(new IssuerSetup
    {
        Services = services =>
        {
            var users = Substitute.For<IUserAdministration>();
            users.SearchAsync(default, default, default, default).ReturnsForAnyArgs(new UserPage([], null));
            users.DisableAsync(default, default).ReturnsForAnyArgs(new UserChange.Unknown());
            users.EnableAsync(default, default).ReturnsForAnyArgs(new UserChange.Unknown());
            users.DeleteAsync(default, default).ReturnsForAnyArgs(new UserChange.Unknown());
            services.AddSingleton(users);
            services.AddSingleton(Substitute.For<ISecondFactors>());
        },
    });

    private static List<string> RoutesOf(IssuerHost host) =>
    [
        .. host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}"))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static Task<Answer> AskAsync(IssuerHost host, string route, params (string Name, string Value)[] headers)
    {
        var parts = route.Split(' ');
        var path = System.Text.RegularExpressions.Regex.Replace(parts[1], @"\{[^}]+\}", "x");
        return host.SendAsync(new HttpMethod(parts[0]), path, null, headers);
    }
}
