using System.Net;
using TokenIssuer.AspNetCore.Admin;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class AdminAccessTests
{
    public static TheoryData<string, string> Endpoints { get; } = new()
    {
        { "POST", "/admin/revocations" },
        { "GET", "/admin/users/id-of-alice/sessions" },
        { "GET", "/admin/keys" },
        { "POST", "/admin/keys/rotate" },
        { "POST", "/admin/keys/some-key/retire" },
        { "GET", "/admin/audit" },
        { "GET", "/admin/overview" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Only_an_administrator_with_a_fresh_sign_in_gets_in(string method, string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var alice = await host.LogInForBodyAsync();

        var anonymous = await host.SendAsync(new HttpMethod(method), path, null);
        var user = await host.SendAsync(new HttpMethod(method), path, null, Calls.Bearer(alice.AccessToken));
        var fresh = await host.SendAsync(new HttpMethod(method), path, null, Calls.Bearer(admin.AccessToken));
        host.Clock.Advance(TimeSpan.FromMinutes(15));
        var refreshed = await host.RefreshByBodyAsync(admin.RefreshToken);
        var stale = await host.SendAsync(new HttpMethod(method), path, null, Calls.Bearer(refreshed.AccessToken));

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.Status);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_user_authentication"), (user.Status, user.Code));
        Assert.NotEqual(HttpStatusCode.Unauthorized, fresh.Status);
        Assert.NotEqual(HttpStatusCode.Forbidden, fresh.Status);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_user_authentication"), (stale.Status, stale.Code));
    }

    [Fact]
    public async Task A_sign_in_is_fresh_for_fifteen_minutes()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();

        host.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        var refreshed = await host.RefreshByBodyAsync(admin.RefreshToken);
        var answer = await host.GetAsync("/admin/keys", Calls.Bearer(refreshed.AccessToken));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("Admin", HttpStatusCode.OK)]
    [InlineData("ADMIN", HttpStatusCode.OK)]
    [InlineData("admin2", HttpStatusCode.Forbidden)]
    public async Task The_role_is_one_in_whatever_case_a_directory_spells_it(string role, HttpStatusCode status)
    {
        await using var host = await IssuerHost.StartAsync();
        host.Directory.Add("root", AdminCalls.Password, null, role);
        var login = await host.LogInForBodyAsync("root", AdminCalls.Password);

        var answer = await host.GetAsync("/admin/keys", Calls.Bearer(login.AccessToken));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_revoked_token_of_an_administrator_gets_nowhere()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken))).Status);

        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(admin.RefreshToken));
        var answer = await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
    }
}

/// <summary>What tests do as an administrator.</summary>
internal static class AdminCalls
{
    public const string Username = "root";
    public const string Password = "correct-horse-3";

    /// <summary>Adds the administrator to the directory and signs them in.</summary>
    public static Task<Answer> LogInAsAdminAsync(this IssuerHost host)
    {
        host.Directory.Add(Username, Password, null, AdministratorRequirement.Role);
        return host.LogInForBodyAsync(Username, Password);
    }

    public static Task<Answer> OrderAsync(this IssuerHost host, Answer admin, string json)
        => host.PostJsonAsync("/admin/revocations", json, Calls.Bearer(admin.AccessToken));

    public static (int Sessions, int ApiTokens) Revoked(this Answer answer)
    {
        var counts = answer.Json.GetProperty("revoked");
        return (counts.GetProperty("sessions").GetInt32(), counts.GetProperty("api_tokens").GetInt32());
    }
}
