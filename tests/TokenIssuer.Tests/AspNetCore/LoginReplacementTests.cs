using System.Net;
using NSubstitute;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class LoginReplacementTests
{
    [Fact]
    public async Task A_login_over_a_session_of_the_same_browser_ends_that_one()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.LogInAsync();

        var second = await host.LogInAsync(Calls.Cookie(first.CookieToken));

        Assert.NotEqual(first.SessionId, second.SessionId);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(first.CookieToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(first.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(second.CookieToken)).Status);
    }

    [Fact]
    public async Task The_session_of_another_user_in_the_same_browser_ends_as_well()
    {
        await using var host = await IssuerHost.StartAsync();
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);

        var alice = await host.LogInAsync(Calls.Cookie(bob.RefreshToken));

        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(bob.RefreshToken)).Code);
        var me = await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken));
        Assert.Equal("alice", me.Json.GetProperty("username").GetString());
    }

    [Fact]
    public async Task A_login_for_the_body_ends_the_session_of_the_cookie_as_well()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.LogInAsync();

        var second = await host.LogInForBodyAsync("alice", IssuerHost.AlicePassword, Calls.Cookie(first.CookieToken), Calls.OwnOrigin);

        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(first.CookieToken)).Code);
    }

    [Fact]
    public async Task A_failed_login_leaves_the_session_of_the_browser_alone()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.LogInAsync();

        var failed = await host.PostJsonAsync(
            "/auth/login", Calls.LoginJson("alice", "wrong"), Calls.OwnOrigin, Calls.Cookie(first.CookieToken));

        Assert.Equal(HttpStatusCode.Unauthorized, failed.Status);
        Assert.Empty(failed.SetCookies);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(first.CookieToken)).Status);
    }

    [Fact]
    public async Task An_invented_cookie_is_neither_adopted_nor_in_the_way()
    {
        await using var host = await IssuerHost.StartAsync();
        var invented = new string('A', 110);

        var answer = await host.LogInAsync(Calls.Cookie(invented));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEqual(invented, answer.CookieToken);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(invented)).Code);
    }

    [Fact]
    public async Task A_login_without_a_cookie_leaves_other_sessions_alone()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.LogInForBodyAsync();

        await host.LogInForBodyAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(first.RefreshToken)).Status);
    }

    [Theory]
    [InlineData(SessionLimitPolicy.EvictOldest)]
    [InlineData(SessionLimitPolicy.Refuse)]
    public async Task At_the_cap_a_login_over_ones_own_session_costs_no_other_device_its_session(SessionLimitPolicy policy)
    {
        await using var host = await IssuerHost.StartAsync(CapOfTwo(policy));
        var phone = await host.LogInForBodyAsync();
        var first = await host.LogInAsync();

        var second = await host.LogInAsync(Calls.Cookie(first.CookieToken));

        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(phone.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(first.AccessToken))).Status);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(first.CookieToken)).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(second.CookieToken)).Status);
    }

    [Theory]
    [InlineData("alice", 2)]
    [InlineData("bob", 3)]
    public async Task A_login_over_a_session_asks_the_store_three_times_at_most(string before, int questions)
    {
        await using var host = await StoreTroubleTests.StartAsync();
        var old = await host.LogInForBodyAsync(before, before == "bob" ? IssuerHost.BobPassword : IssuerHost.AlicePassword);
        var store = host.Get<FaultyStore>().Store;
        store.ClearReceivedCalls();

        var answer = await host.LogInAsync(Calls.Cookie(old.RefreshToken));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(questions, store.ReceivedCalls().Count());
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(old.RefreshToken)).Code);
    }

    private static IssuerSetup CapOfTwo(SessionLimitPolicy policy) => new()
    {
        Options = options =>
        {
            options.MaxSessionsPerUser = 2;
            options.SessionLimitPolicy = policy;
        },
    };
}
