using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Audit;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>An audit log that fails as the one in a locked database does. No event is lost, and nothing is left behind that nobody holds.</summary>
public sealed class AuditTroubleTests
{
    private readonly IAuditTrail _trail = Substitute.For<IAuditTrail>();
    private readonly IssuerSetup _setup;

    public AuditTroubleTests() => _setup = new IssuerSetup { Services = services => services.AddSingleton(_trail) };

    [Fact]
    public async Task A_login_is_503_and_leaves_no_session()
    {
        await using var host = await StartAsync();
        var witness = await host.LogInForBodyAsync();
        Fail();

        var failed = await host.LogInForBodyAsync();

        Recover();
        AssertUnavailable(failed);
        Assert.Equal([witness.SessionId], await SessionsAsync(host, witness));
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync()).Status);
    }

    [Fact]
    public async Task A_session_that_a_failed_login_pushed_out_is_in_the_log()
    {
        await using var host = await StartAsync(options => options.MaxSessionsPerUser = 1);
        var evicted = await host.LogInForBodyAsync();
        Fail();

        AssertUnavailable(await host.LogInForBodyAsync());

        AssertLogged("SessionEvicted", evicted);
    }

    [Fact]
    public async Task A_new_API_token_is_503_and_is_not_there()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        Fail();

        var failed = await ApiTokenCalls.CreateAsync(host, login);

        Recover();
        var list = await host.GetAsync("/auth/api-tokens", Calls.Bearer(login.AccessToken));
        AssertUnavailable(failed);
        Assert.Empty(list.Json.GetProperty("api_tokens").EnumerateArray());
        Assert.Equal(HttpStatusCode.Created, (await ApiTokenCalls.CreateAsync(host, login)).Status);
    }

    [Fact]
    public async Task A_refused_login_is_503_too()
    {
        await using var host = await StartAsync();
        Fail();

        AssertUnavailable(await host.LogInForBodyAsync("alice", "wrong"));

        Recover();
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.LogInForBodyAsync("alice", "wrong")).Status);
    }

    [Theory]
    [InlineData("this")]
    [InlineData("all")]
    public async Task A_logout_is_503_ends_nothing_and_can_be_repeated(string scope)
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        Fail();

        var failed = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"{{scope}}"}""");
        Recover();
        var before = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));
        var repeated = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"{{scope}}"}""");

        AssertUnavailable(failed);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (before.Status, repeated.Status));
        Assert.Equal(AuditEventType.Logout, Written()[^1]);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    [Fact]
    public async Task Ending_a_session_is_503_ends_nothing_and_can_be_repeated()
    {
        await using var host = await StartAsync();
        var (login, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        Fail();

        var failed = await host.SendAsync(HttpMethod.Delete, "/auth/sessions/" + other.SessionId, null, Calls.Bearer(login.AccessToken));
        Recover();
        var before = await SessionsAsync(host, login);
        var repeated = await host.SendAsync(HttpMethod.Delete, "/auth/sessions/" + other.SessionId, null, Calls.Bearer(login.AccessToken));

        AssertUnavailable(failed);
        Assert.Equal(2, before.Count);
        Assert.Equal(HttpStatusCode.NoContent, repeated.Status);
        Assert.Equal(AuditEventType.Revoked, Written()[^1]);
        Assert.Equal([login.SessionId], await SessionsAsync(host, login));
    }

    [Fact]
    public async Task A_reuse_ends_the_session_is_answered_as_ever_and_stands_in_the_log()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        var current = await host.RefreshByBodyAsync(login.RefreshToken);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Fail();

        var reused = await host.RefreshByBodyAsync(login.RefreshToken);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (reused.Status, reused.Code));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(current.RefreshToken)).Code);
        AssertLogged("RefreshReuse", login);
    }

    [Fact]
    public async Task A_replay_by_another_agent_is_answered_as_ever_and_stands_in_the_log()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.RefreshByBodyAsync(login.RefreshToken, ("User-Agent", "first/1"));
        Fail();

        var replayed = await host.RefreshByBodyAsync(login.RefreshToken, ("User-Agent", "second/2"));

        Assert.Equal(HttpStatusCode.OK, replayed.Status);
        AssertLogged("RefreshReplayForeign", login);
    }

    [Fact]
    public async Task A_password_that_was_changed_is_answered_so_and_stands_in_the_log()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        Fail();

        var changed = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""",
            Calls.Bearer(login.AccessToken));

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        AssertLogged("PasswordChanged", changed);
    }

    [Fact]
    public async Task What_an_administrator_did_is_503_and_stands_in_the_log()
    {
        await using var host = await StartAsync(options => options.Keys.AnnounceFor = TimeSpan.Zero);
        var admin = await host.LogInAsAdminAsync();
        Fail();

        var rotated = await host.PostAsync("/admin/keys/rotate", Calls.Bearer(admin.AccessToken));

        AssertUnavailable(rotated);
        Assert.Single(_setup.Logs.All, line => line.StartsWith("Error AuditEventKeptHere", StringComparison.Ordinal) && line.Contains("KeyRotated", StringComparison.Ordinal));
    }

    private void Fail() => _trail.WriteAsync(default!, default).ReturnsForAnyArgs(
        Task.FromException(new DbUpdateException("An error occurred while saving.", new SqliteException("database is locked", 5))));

    private void Recover()
    {
        _trail.WriteAsync(default!, default).ReturnsForAnyArgs(Task.CompletedTask);
        _trail.ClearReceivedCalls();
    }

    private List<AuditEventType> Written()
        => [.. _trail.ReceivedCalls().Select(call => call.GetArguments()[0]).OfType<AuditEvent>().Select(written => written.Type)];

    private void AssertLogged(string type, Answer answer) => Assert.Single(
        _setup.Logs.All,
        line => line.StartsWith("Error AuditEventKeptHere", StringComparison.Ordinal)
            && line.Contains(type, StringComparison.Ordinal) && line.Contains(answer.SessionId, StringComparison.Ordinal));

    private static void AssertUnavailable(Answer answer)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (answer.Status, answer.Code));
        Assert.Equal("1", Assert.Single(answer.Header("Retry-After")));
    }

    private static async Task<List<string?>> SessionsAsync(IssuerHost host, Answer login)
    {
        var list = await host.GetAsync("/auth/sessions", Calls.Bearer(login.AccessToken));
        return [.. list.Json.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("id").GetString())];
    }

    private Task<IssuerHost> StartAsync(Action<TokenIssuerOptions>? configure = null) => IssuerHost.StartAsync(_setup with { Options = configure });
}
