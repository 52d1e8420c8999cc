using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class AuditTests
{
    private readonly IAuditTrail _trail = Substitute.For<IAuditTrail>();

    [Fact]
    public async Task Logins_and_refusals_are_written()
    {
        await using var host = await StartAsync();

        var login = await host.LogInAsync();
        await host.LogInForBodyAsync("alice", "wrong");
        await host.LogInForBodyAsync("nobody", "wrong");

        Assert.Equal(
            [
                (AuditEventType.Login, "id-of-alice", login.SessionId, null),
                (AuditEventType.LoginRefused, "id-of-alice", null, "Wrong"),
                (AuditEventType.LoginRefused, null, null, "Wrong"),
            ],
            Written());
    }

    [Fact]
    public async Task A_wrong_password_of_somebody_who_is_signed_in_and_a_login_over_the_cap_are_written_as_refusals()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Services = services => services.AddSingleton(_trail),
            Options = options => (options.MaxSessionsPerUser, options.SessionLimitPolicy) = (1, SessionLimitPolicy.Refuse),
        });
        var login = await host.LogInForBodyAsync();
        _trail.ClearReceivedCalls();

        var wrong = await host.PostJsonAsync(
            "/auth/password", """{"current_password":"guessed","new_password":"correct-horse-9"}""", Calls.Bearer(login.AccessToken));
        var over = await host.LogInForBodyAsync();

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Conflict), (wrong.Status, over.Status));
        Assert.Equal(
            [
                (AuditEventType.LoginRefused, "id-of-alice", login.SessionId, "password change"),
                (AuditEventType.LoginRefused, "id-of-alice", null, "SessionLimitReached"),
            ],
            Written());
    }

    [Fact]
    public async Task A_reuse_is_one_event()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.RefreshByBodyAsync(login.RefreshToken);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        _trail.ClearReceivedCalls();

        await host.RefreshByBodyAsync(login.RefreshToken);
        await host.RefreshByBodyAsync(login.RefreshToken);

        Assert.Equal([(AuditEventType.RefreshReuse, "id-of-alice", login.SessionId, null)], Written());
    }

    [Fact]
    public async Task A_replay_by_another_agent_is_an_event_and_one_by_the_same_is_none()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.RefreshByBodyAsync(login.RefreshToken, ("User-Agent", "first/1"));
        _trail.ClearReceivedCalls();

        await host.RefreshByBodyAsync(login.RefreshToken, ("User-Agent", "first/1"));
        await host.RefreshByBodyAsync(login.RefreshToken, ("User-Agent", "second/2"));

        Assert.Equal([(AuditEventType.RefreshReplayForeign, "id-of-alice", login.SessionId, null)], Written());
    }

    [Fact]
    public async Task Logout_password_change_and_ended_sessions_are_written()
    {
        await using var host = await StartAsync();
        var (first, second) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        _trail.ClearReceivedCalls();

        await host.SendAsync(HttpMethod.Delete, "/auth/sessions/" + second.SessionId, null, Calls.Bearer(first.AccessToken));
        var changed = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"correct-horse-9"}""",
            Calls.Bearer(first.AccessToken));
        await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{changed.RefreshToken}}","scope":"all"}""");

        Assert.Equal(
            [
                (AuditEventType.Revoked, "id-of-alice", second.SessionId, "EndedByUser"),
                (AuditEventType.PasswordChanged, "id-of-alice", changed.SessionId, null),
                (AuditEventType.Logout, "id-of-alice", changed.SessionId, "all"),
            ],
            Written());
    }

    [Fact]
    public async Task A_session_that_a_login_replaces_is_an_event_once()
    {
        await using var host = await StartAsync();
        var (first, bob) = (await host.LogInAsync(), await host.LogInForBodyAsync("bob", IssuerHost.BobPassword));
        _trail.ClearReceivedCalls();

        var second = await host.LogInAsync(Calls.Cookie(first.CookieToken));
        var third = await host.LogInAsync(Calls.Cookie(bob.RefreshToken));
        var fourth = await host.LogInAsync(Calls.Cookie(first.CookieToken));

        Assert.Equal(
            [
                (AuditEventType.Login, "id-of-alice", second.SessionId, null),
                (AuditEventType.Revoked, "id-of-alice", first.SessionId, "Replaced"),
                (AuditEventType.Login, "id-of-alice", third.SessionId, null),
                (AuditEventType.Revoked, null, bob.SessionId, "Replaced"),
                (AuditEventType.Login, "id-of-alice", fourth.SessionId, null),
            ],
            Written());
    }

    [Fact]
    public async Task API_tokens_are_written_when_they_are_made_and_deleted_and_not_when_they_are_refused()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        _trail.ClearReceivedCalls();

        var created = await ApiTokenCalls.CreateAsync(host, login);
        await ApiTokenCalls.CreateAsync(host, login, """{"name":"","expires_in":60}""");
        var id = created.Json.GetProperty("id").GetString();
        await ApiTokenCalls.DeleteAsync(host, login, id);
        await ApiTokenCalls.DeleteAsync(host, login, id);

        Assert.Equal(
            [
                (AuditEventType.ApiTokenCreated, "id-of-alice", null, "API token " + id),
                (AuditEventType.ApiTokenDeleted, "id-of-alice", null, "API token " + id),
            ],
            Written());
    }

    [Fact]
    public async Task No_log_line_and_no_event_holds_a_secret()
    {
        var setup = new IssuerSetup { Services = services => services.AddSingleton(_trail) };
        await using var host = await IssuerHost.StartAsync(setup);
        var login = await host.LogInAsync();
        var refreshed = await host.RefreshByCookieAsync(login.CookieToken);
        await host.LogInForBodyAsync("alice", "wrong-password-of-alice");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.RefreshByCookieAsync(login.CookieToken);
        await host.GetAsync("/oauth/revocations", Calls.Basic(IssuerHost.FeedClient, "wrong-secret"));

        string[] secrets =
        [
            login.CookieToken, refreshed.CookieToken, login.AccessToken, refreshed.AccessToken,
            IssuerHost.AlicePassword, "wrong-password-of-alice", "wrong-secret", IssuerHost.FeedSecret,
        ];

        Assert.Contains(setup.Logs.All, line => line.Contains(login.SessionId, StringComparison.Ordinal));
        Assert.DoesNotContain(setup.Logs.All, line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(Written(), written => secrets.Contains(written.Session) || secrets.Contains(written.Reason));
    }

    [Fact]
    public async Task A_password_that_was_changed_while_the_store_went_down_is_written_and_said_to_be_changed()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Services = services =>
            {
                FaultyStore.AddTo(services);
                services.AddSingleton(_trail);
            },
        });
        var login = await host.LogInForBodyAsync();
        host.Get<FaultyStore>().Store.RevokeUserAsync(default, default, default, default, default, default)
            .ThrowsAsyncForAnyArgs(new TokenStoreUnavailableException("The test has switched the store off."));

        var answer = await host.PostJsonAsync(
            "/auth/password",
            $$"""{"current_password":"{{IssuerHost.AlicePassword}}","new_password":"a-new-password-1"}""",
            Calls.Bearer(login.AccessToken));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("The password is changed", answer.Body, StringComparison.Ordinal);
        Assert.Equal((AuditEventType.PasswordChanged, "id-of-alice", login.SessionId, null), Written().Last());
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync("alice", "a-new-password-1")).Status);
    }

    private IEnumerable<(AuditEventType Type, string? User, string? Session, string? Reason)> Written()
        => _trail.ReceivedCalls()
            .Select(call => call.GetArguments()[0])
            .OfType<AuditEvent>()
            .Select(written => (written.Type, written.User?.Value, written.Session?.ToString(), written.Reason));

    private Task<IssuerHost> StartAsync() => IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(_trail) });
}
