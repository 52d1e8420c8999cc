using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>What administrators do, and what the issuer does by itself, is one event each, before the answer.</summary>
public sealed class AuditLifeCycleTests
{
    private const string Agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

    private readonly IAuditTrail _trail = Substitute.For<IAuditTrail>();

    [Fact]
    public async Task An_evicted_session_is_an_event_beside_the_login_that_pushed_it_out()
    {
        await using var host = await StartAsync(options => options.MaxSessionsPerUser = 1);
        var first = await host.LogInForBodyAsync();
        _trail.ClearReceivedCalls();

        var second = await host.LogInForBodyAsync();

        Assert.Equal(
            [(AuditEventType.Login, "id-of-alice", null, second.SessionId), (AuditEventType.SessionEvicted, "id-of-alice", null, first.SessionId)],
            Written());
    }

    [Theory]
    [InlineData("POST", "disable", "", AuditEventType.UserDisabled)]
    [InlineData("POST", "enable", "", AuditEventType.UserEnabled)]
    [InlineData("POST", "password", """{"new_password":"correct-horse-8"}""", AuditEventType.PasswordChanged)]
    [InlineData("POST", "totp/reset", "", AuditEventType.SecondFactorReset)]
    [InlineData("DELETE", "", "", AuditEventType.UserDeleted)]
    [InlineData("PUT", "roles", """{"roles":["editor"]}""", AuditEventType.RolesChanged)]
    public async Task What_an_administrator_does_to_a_user_is_one_event_that_names_both(string method, string act, string json, AuditEventType type)
    {
        await using var host = await StartAsync();
        var admin = await host.LogInAsAdminAsync();
        _trail.ClearReceivedCalls();

        var answer = await host.SendAsync(
            new HttpMethod(method), $"/admin/users/id-of-alice/{act}".TrimEnd('/'),
            json.Length == 0 ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json"), Calls.Bearer(admin.AccessToken));

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal([(type, "id-of-alice", "id-of-root", null)], Written());
    }

    [Fact]
    public async Task A_rotated_and_a_retired_key_are_events_of_their_administrator()
    {
        await using var host = await StartAsync(options => options.Keys.AnnounceFor = TimeSpan.Zero);
        var admin = await host.LogInAsAdminAsync();
        var signing = JwtText.Header(admin.AccessToken).GetProperty("kid").GetString();
        _trail.ClearReceivedCalls();

        await host.PostAsync("/admin/keys/rotate", Calls.Bearer(admin.AccessToken));
        await host.PostAsync($"/admin/keys/{signing}/retire", Calls.Bearer(admin.AccessToken));

        Assert.Equal([(AuditEventType.KeyRotated, null, "id-of-root", null), (AuditEventType.KeyRetired, null, "id-of-root", null)], Written());
    }

    [Fact]
    public async Task An_event_names_the_agent_and_cuts_what_a_stranger_typed()
    {
        await using var host = await StartAsync();

        await host.LogInForBodyAsync("alice", "wrong", ("User-Agent", Agent));
        await host.LogInForBodyAsync("alice", "wrong", ("User-Agent", new string('x', 4000)));

        var agents = Events().Select(written => written.UserAgent).ToList();
        Assert.Equal("Chrome 141 · Windows", agents[0]);
        Assert.True(agents[1]?.Length <= 64);
    }

    [Fact]
    public async Task An_act_that_could_not_be_audited_is_not_acknowledged()
    {
        await using var host = await StartAsync();
        var admin = await host.LogInAsAdminAsync();
        _trail.WriteAsync(default!, default).ReturnsForAnyArgs(Task.FromException(new TimeoutException("The audit log is down.")));

        var answer = await host.OrderAsync(admin, """{"user":"id-of-alice"}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
    }

    private IEnumerable<AuditEvent> Events() => _trail.ReceivedCalls().Select(call => call.GetArguments()[0]).OfType<AuditEvent>();

    private IEnumerable<(AuditEventType Type, string? User, string? Actor, string? Session)> Written()
        => Events().Select(written => (written.Type, written.User?.Value, written.Actor?.Value, written.Session?.ToString()));

    private Task<IssuerHost> StartAsync(Action<TokenIssuerOptions>? configure = null) => IssuerHost.StartAsync(new IssuerSetup
    {
        Options = configure,
        Services = services =>
        {
            var alice = new UserChange.Done(new UserAccount(new Subject("id-of-alice"), "alice", [], IsDisabled: false));
            var users = Substitute.For<IUserAdministration>();
            users.DisableAsync(default, default).ReturnsForAnyArgs(alice);
            users.EnableAsync(default, default).ReturnsForAnyArgs(alice);
            users.SetPasswordAsync(default, default!, default).ReturnsForAnyArgs(alice);
            users.SetRolesAsync(default, default!, default).ReturnsForAnyArgs(alice);
            users.DeleteAsync(default, default).ReturnsForAnyArgs(alice);
            users.FindAsync(default, default).ReturnsForAnyArgs(alice.User);
            services.AddSingleton(users);
            services.AddSingleton(Substitute.For<ISecondFactors>());
            services.AddSingleton(_trail);
        },
    });
}
