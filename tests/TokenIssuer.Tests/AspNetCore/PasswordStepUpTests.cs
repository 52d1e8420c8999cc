using System.Net;
using System.Text.Json;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>What a password change proves: the password, and the second factor only when its code was given.</summary>
public sealed class PasswordStepUpTests
{
    private const string Password = "correct-horse-4";
    private const string Code = "123456";

    private static readonly TimeSpan s_stale = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task The_password_alone_makes_no_fresh_administrator_of_a_user_with_a_second_factor()
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host);
        var stale = await AgeAsync(host, login);

        var changed = await ChangeAsync(host, stale, otp: null);
        var refreshed = await host.RefreshByBodyAsync(changed.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        foreach (var token in new[] { changed.AccessToken, refreshed.AccessToken })
        {
            Assert.Equal(Proof(login.AccessToken), Proof(token));
            Assert.Equal("insufficient_user_authentication", (await host.GetAsync("/admin/keys", Calls.Bearer(token))).Code);
        }
    }

    [Fact]
    public async Task Password_and_code_do()
    {
        await using var host = await StartAsync();
        var stale = await AgeAsync(host, await LogInAsync(host));

        var changed = await ChangeAsync(host, stale, Code);

        Assert.Equal(("pwd otp", host.Clock.Now.ToUnixTimeSeconds()), Proof(changed.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/keys", Calls.Bearer(changed.AccessToken))).Status);
    }

    [Fact]
    public async Task A_wrong_code_changes_nothing()
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host);

        var answer = await ChangeAsync(host, login, "000000");

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (answer.Status, answer.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync(host)).Status);
    }

    [Fact]
    public async Task A_second_factor_that_the_session_never_showed_is_not_claimed()
    {
        await using var host = await StartAsync();
        host.Directory.Add("dave", Password);
        var login = await host.LogInForBodyAsync("dave", Password);
        host.Directory.Add("dave", Password, Code);

        var changed = await ChangeAsync(host, login, otp: null);

        Assert.Equal(("pwd", host.Clock.Now.ToUnixTimeSeconds()), Proof(changed.AccessToken));
    }

    [Fact]
    public async Task A_user_without_a_second_factor_has_proven_everything_with_the_password()
    {
        await using var host = await StartAsync();
        host.Directory.Add("erin", Password, otp: null, "admin");
        var stale = await AgeAsync(host, await host.LogInForBodyAsync("erin", Password));

        var changed = await ChangeAsync(host, stale, otp: null);

        Assert.Equal(("pwd", host.Clock.Now.ToUnixTimeSeconds()), Proof(changed.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/keys", Calls.Bearer(changed.AccessToken))).Status);
    }

    [Theory]
    [InlineData("\"123456789012345678901234567890123\"")]
    [InlineData("123456")]
    public async Task A_code_that_is_none_is_an_invalid_request(string otp)
    {
        await using var host = await StartAsync();
        var login = await LogInAsync(host);

        var answer = await host.PostJsonAsync(
            "/auth/password", $$"""{"current_password":"{{Password}}","new_password":"correct-horse-9","otp":{{otp}}}""", Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
    }

    /// <summary>Carol is an administrator with a second factor.</summary>
    private static async Task<IssuerHost> StartAsync()
    {
        var host = await IssuerHost.StartAsync();
        host.Directory.Add("carol", Password, Code, "admin");
        return host;
    }

    private static Task<Answer> LogInAsync(IssuerHost host)
        => host.PostJsonAsync("/auth/login", $$"""{"username":"carol","password":"{{Password}}","otp":"{{Code}}","delivery":"body"}""");

    /// <summary>The same session when its sign-in is too old for an administrator.</summary>
    private static async Task<Answer> AgeAsync(IssuerHost host, Answer login)
    {
        host.Clock.Advance(s_stale);
        var refreshed = await host.RefreshByBodyAsync(login.RefreshToken);
        Assert.Equal("insufficient_user_authentication", (await host.GetAsync("/admin/keys", Calls.Bearer(refreshed.AccessToken))).Code);
        return refreshed;
    }

    private static Task<Answer> ChangeAsync(IssuerHost host, Answer session, string? otp)
    {
        var member = otp is null ? string.Empty : $$""","otp":"{{otp}}" """;
        return host.PostJsonAsync(
            "/auth/password", $$"""{"current_password":"{{Password}}","new_password":"correct-horse-9"{{member}}}""", Calls.Bearer(session.AccessToken));
    }

    private static (string Amr, long At) Proof(string accessToken)
    {
        JsonElement claims = JwtText.Payload(accessToken);
        return (string.Join(' ', claims.GetProperty("amr").EnumerateArray()), claims.GetProperty("auth_time").GetInt64());
    }
}
