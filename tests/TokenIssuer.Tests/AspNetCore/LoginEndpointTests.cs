using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class LoginEndpointTests
{
    [Fact]
    public async Task A_browser_gets_the_refresh_token_in_a_cookie_only()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal($"__Secure-refresh={answer.CookieToken}; Path=/auth; HttpOnly; Secure; SameSite=Strict", Assert.Single(answer.SetCookies));
        Assert.Matches("^[A-Za-z0-9_-]{43,128}$", answer.CookieToken);
        Assert.DoesNotContain(answer.CookieToken, answer.Body);
        Assert.False(answer.Json.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task The_answer_tells_scope_session_and_all_three_lifetimes()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInAsync();

        Assert.Equal("Bearer", answer.Json.GetProperty("token_type").GetString());
        Assert.Equal(300, answer.Json.GetProperty("expires_in").GetInt64());
        Assert.Equal(12 * 3600, answer.Json.GetProperty("session_expires_in").GetInt64());
        Assert.Equal(1800, answer.Json.GetProperty("idle_expires_in").GetInt64());
        Assert.Equal("notes:read notes:write", answer.Json.GetProperty("scope").GetString());
        Assert.Matches("^[A-Za-z0-9_-]{43}$", answer.SessionId);
    }

    [Fact]
    public async Task A_client_that_asks_for_the_body_gets_no_cookie()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInForBodyAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Matches("^[A-Za-z0-9_-]{43,128}$", answer.RefreshToken);
    }

    [Fact]
    public async Task Unknown_user_wrong_password_and_disabled_account_are_not_told_apart()
    {
        await using var host = await IssuerHost.StartAsync();
        host.Directory.Add("mallory", "correct-horse-3");
        host.Directory.Disable("mallory");

        var wrong = await host.LogInForBodyAsync("alice", "wrong");
        var unknown = await host.LogInForBodyAsync("nobody", "wrong");
        var disabled = await host.LogInForBodyAsync("mallory", "correct-horse-3");
        var right = await host.LogInForBodyAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_credentials"), (wrong.Status, wrong.Code));
        Assert.Equal((wrong.Snapshot(), wrong.Body), (unknown.Snapshot(), unknown.Body));
        Assert.Equal((wrong.Snapshot(), wrong.Body), (disabled.Snapshot(), disabled.Body));
        Assert.Equal(HttpStatusCode.OK, right.Status);
    }

    [Theory]
    [InlineData(CredentialVerdict.LockedOut)]
    [InlineData(CredentialVerdict.Disabled)]
    public async Task A_locked_or_disabled_account_answers_as_one_that_never_was(CredentialVerdict verdict)
    {
        var directory = Substitute.For<ICredentialVerifier>();
        directory.FindAsync("alice", default).ReturnsForAnyArgs(call => call.Arg<string>() == "alice" ? new Subject("id-of-alice") : null);
        directory.VerifyAsync(default, default!, default).ReturnsForAnyArgs(call => call.Arg<Subject?>() is null ? CredentialVerdict.Wrong : verdict);
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(directory) });

        var refused = await host.LogInForBodyAsync("alice", IssuerHost.AlicePassword);
        var unknown = await host.LogInForBodyAsync("nobody", IssuerHost.AlicePassword);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_credentials"), (refused.Status, refused.Code));
        Assert.Equal((unknown.Snapshot(), unknown.Body), (refused.Snapshot(), refused.Body));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, "mfa_required")]
    [InlineData("000000", HttpStatusCode.Unauthorized, "invalid_credentials")]
    [InlineData("123456", HttpStatusCode.OK, null)]
    public async Task A_second_factor_is_demanded_and_checked(string? otp, HttpStatusCode status, string? code)
    {
        await using var host = await IssuerHost.StartAsync();
        var user = host.Directory.Add("carol", "correct-horse-4", otp: "123456");
        var member = otp is null ? string.Empty : $$""","otp":"{{otp}}" """;

        var answer = await host.PostJsonAsync("/auth/login", $$"""{"username":"carol","password":"correct-horse-4"{{member}}}""");

        Assert.Equal((status, code), (answer.Status, answer.Code));
        var sessions = await host.Get<TokenAuthority>().ListSessionsAsync(user, TestContext.Current.CancellationToken);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, sessions.Count);
    }

    [Fact]
    public async Task At_the_cap_a_login_is_refused_only_after_correct_credentials()
    {
        await using var host = await IssuerHost.StartAsync(CapOfOne(SessionLimitPolicy.Refuse));
        var first = await host.LogInForBodyAsync();

        var second = await host.LogInForBodyAsync();
        var wrong = await host.LogInForBodyAsync("alice", "wrong");

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal((HttpStatusCode.Conflict, "session_limit"), (second.Status, second.Code));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_credentials"), (wrong.Status, wrong.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(first.RefreshToken)).Status);
    }

    [Fact]
    public async Task At_the_cap_a_login_over_the_same_browsers_session_takes_its_place()
    {
        await using var host = await IssuerHost.StartAsync(CapOfOne(SessionLimitPolicy.Refuse));
        var first = await host.LogInAsync();

        var second = await host.LogInAsync(Calls.Cookie(first.CookieToken));

        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(first.CookieToken)).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(second.CookieToken)).Status);
    }

    [Fact]
    public async Task At_the_cap_the_session_of_another_user_makes_no_room()
    {
        await using var host = await IssuerHost.StartAsync(CapOfOne(SessionLimitPolicy.Refuse));
        var alice = await host.LogInForBodyAsync();
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var refused = await host.LogInAsync(Calls.Cookie(bob.RefreshToken));

        Assert.Equal("session_limit", refused.Code);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(alice.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(bob.RefreshToken)).Status);
    }

    [Fact]
    public async Task Over_the_cap_the_oldest_session_is_evicted()
    {
        await using var host = await IssuerHost.StartAsync(CapOfOne(SessionLimitPolicy.EvictOldest));
        var first = await host.LogInForBodyAsync();

        var second = await host.LogInForBodyAsync();

        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(first.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(first.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(second.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("notes:read", "notes:read")]
    [InlineData("notes:write notes:read", "notes:read notes:write")]
    [InlineData("", "notes:read notes:write")]
    public async Task A_login_gets_the_scope_it_asks_for(string asked, string granted)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync(
            "/auth/login", $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","scope":"{{asked}}"}""");

        Assert.Equal(granted, answer.Json.GetProperty("scope").GetString());
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("notes:read admin")]
    [InlineData("notes:read\\u0000")]
    [InlineData("\\\"")]
    public async Task A_scope_that_is_not_offered_is_refused(string asked)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync(
            "/auth/login", $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","scope":"{{asked}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Members_that_grant_more_are_ignored()
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync(
            "/auth/login",
            $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","roles":["admin"],"sub":"id-of-bob","exp":9999999999,"is_admin":true}""");

        var me = await host.GetAsync("/auth/me", Calls.Bearer(answer.AccessToken));
        Assert.Equal("id-of-alice", me.Json.GetProperty("sub").GetString());
        Assert.Empty(me.Json.GetProperty("roles").EnumerateArray());
    }

    [Theory]
    [InlineData(256, 1024, HttpStatusCode.Unauthorized, 1)]
    [InlineData(257, 8, HttpStatusCode.BadRequest, 0)]
    [InlineData(8, 1025, HttpStatusCode.BadRequest, 0)]
    public async Task Long_names_and_passwords_are_refused_before_any_hashing(int username, int password, HttpStatusCode status, int verifications)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.LogInForBodyAsync(new string('u', username), new string('p', password));

        Assert.Equal(status, answer.Status);
        Assert.Equal(verifications, host.Directory.Verifications);
    }

    [Theory]
    [InlineData("Kitchen tablet", HttpStatusCode.OK)]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234", HttpStatusCode.OK)]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", HttpStatusCode.BadRequest)]
    [InlineData("K\u00FCche \u2013 \u05DE\u05D8\u05D1\u05D7", HttpStatusCode.OK)]
    [InlineData("line\\nbreak", HttpStatusCode.BadRequest)]
    [InlineData("\\u202Eenohp", HttpStatusCode.BadRequest)]
    [InlineData("phone\\u202A", HttpStatusCode.BadRequest)]
    [InlineData("\\u2066phone\\u2069", HttpStatusCode.BadRequest)]
    [InlineData("phone\\u200F", HttpStatusCode.BadRequest)]
    public async Task A_device_has_a_short_printable_name(string device, HttpStatusCode status)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync(
            "/auth/login", $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","device":"{{device}}"}""");

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("""{"username":"alice"}""")]
    [InlineData("""{"password":"x"}""")]
    [InlineData("""{"username":null,"password":"x"}""")]
    [InlineData("""{"username":"","password":"x"}""")]
    [InlineData("""{"username":"alice","password":"correct-horse-1","delivery":"url"}""")]
    [InlineData("")]
    public async Task An_incomplete_login_is_an_invalid_request(string json)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync("/auth/login", json);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(0, host.Directory.Verifications);
    }

    private static IssuerSetup CapOfOne(SessionLimitPolicy policy) => new()
    {
        Options = options =>
        {
            options.MaxSessionsPerUser = 1;
            options.SessionLimitPolicy = policy;
        },
    };
}
