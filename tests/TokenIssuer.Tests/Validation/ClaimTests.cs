using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace TokenIssuer.Tests.Validation;

/// <summary>Claims keep their names, and only one name grants a role.</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData("roles", HttpStatusCode.OK)]
    [InlineData("role", HttpStatusCode.Forbidden)]
    [InlineData(ClaimTypes.Role, HttpStatusCode.Forbidden)]
    public async Task A_role_is_granted_by_the_claim_of_the_contract_and_by_no_other(string claim, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync(map: app => app
            .MapGet("/roles", () => "in").RequireAuthorization(new AuthorizeAttribute { Roles = "auditor" }));
        var payload = api.Issuer.Payload();
        payload.Remove("roles");
        payload[claim] = "auditor";

        var status = await api.StatusOfAsync(api.Issuer.Sign(api.Issuer.Header(), payload), "/roles");

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Claims_are_not_renamed()
    {
        await using var api = await TestApi.StartAsync(map: app => app
            .MapGet("/claims", (ClaimsPrincipal user) => string.Join(' ', user.Claims.Select(claim => claim.Type).Distinct())).RequireAuthorization());

        using var answer = await api.GetAsync("/claims", api.Issuer.Mint());
        var names = (await answer.Content.ReadAsStringAsync()).Split(' ');

        Assert.All(
            ["iss", "aud", "sub", "client_id", "iat", "exp", "jti", "sid", "gen", "auth_time", "amr", "scope", "roles"],
            name => Assert.Contains(name, names));
    }
}
