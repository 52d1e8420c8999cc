using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>What follows from each outcome of a change that an administrator orders: answer, living tokens, audit log.</summary>
public sealed class UserChangeTests
{
    private static readonly UserAccount s_alice = new(new Subject("id-of-alice"), "alice", [], IsDisabled: false);

    private readonly IAuditTrail _trail = Substitute.For<IAuditTrail>();
    private readonly IUserAdministration _users = Substitute.For<IUserAdministration>();
    private Action _whileChanging = () => { };

    public static TheoryData<string, string, string> Orders { get; } = new()
    {
        { "POST", "disable", "" },
        { "POST", "password", """{"new_password":"correct-horse-8"}""" },
        { "PUT", "roles", """{"roles":["editor"]}""" },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task What_a_directory_leaves_to_the_caller_is_revoked_once(string method, string act, string json)
    {
        await using var host = await StartAsync(new UserChange.Done(s_alice));
        var (admin, alice) = (await host.LogInAsAdminAsync(), await host.LogInForBodyAsync());

        var answer = await OrderAsync(host, admin, method, act, json);

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken))).Status);
        Assert.Equal(1, CountRevocations(host));
        Assert.Single(OrdersWritten());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task What_a_directory_has_revoked_itself_is_written_down_and_not_revoked_again(string method, string act, string json)
    {
        await using var host = await StartAsync(new UserChange.Settled(s_alice));
        var (admin, alice) = (await host.LogInAsAdminAsync(), await host.LogInForBodyAsync());

        var answer = await OrderAsync(host, admin, method, act, json);

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken))).Status);
        Assert.Equal(0, CountRevocations(host));
        Assert.Single(OrdersWritten());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task What_was_so_before_kills_nothing_and_is_no_event(string method, string act, string json)
    {
        await using var host = await StartAsync(new UserChange.Unchanged(s_alice));
        var (admin, alice) = (await host.LogInAsAdminAsync(), await host.LogInForBodyAsync());

        var answer = await OrderAsync(host, admin, method, act, json);

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken))).Status);
        Assert.Equal(0, CountRevocations(host));
        Assert.Empty(OrdersWritten());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_last_administrator_is_a_conflict_and_nothing_happens(string method, string act, string json)
    {
        await using var host = await StartAsync(new UserChange.LastAdministrator());
        var (admin, alice) = (await host.LogInAsAdminAsync(), await host.LogInForBodyAsync());

        var answer = await OrderAsync(host, admin, method, act, json);

        Assert.Equal((HttpStatusCode.Conflict, "last_administrator"), (answer.Status, answer.Code));
        Assert.Equal("application/problem+json", Assert.Single(answer.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken))).Status);
        Assert.Empty(OrdersWritten());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_change_whose_revocation_could_not_be_stored_is_503_and_written_down_all_the_same(string method, string act, string json)
    {
        await using var host = await StartAsync(new UserChange.Done(s_alice));
        var admin = await host.LogInAsAdminAsync();
        _whileChanging = () => host.Get<FaultyStore>().IsDown = true;

        var answer = await OrderAsync(host, admin, method, act, json);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Single(OrdersWritten());
    }

    [Fact]
    public async Task A_database_that_can_not_be_reached_is_503_however_deep_the_network_lies_in_what_it_throws()
    {
        await using var host = await StartAsync(new UserChange.Settled(s_alice));
        var admin = await host.LogInAsAdminAsync();
        _users.SearchAsync(default!, default, default, default).ReturnsForAnyArgs(Task.FromException<UserPage>(new InvalidOperationException(
            "An exception has been raised that is likely due to a transient failure.", new NpgsqlException("Failed to connect", new SocketException()))));
        _users.FindAsync(default, default).ReturnsForAnyArgs(Task.FromException<UserAccount?>(new InvalidOperationException("a fault of ours")));

        var away = await host.GetAsync("/admin/users", Calls.Bearer(admin.AccessToken));
        var broken = await host.GetAsync("/admin/users/id-of-alice", Calls.Bearer(admin.AccessToken));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError), (away.Status, broken.Status));
        Assert.Single(away.Header("Retry-After"));
    }

    [Theory]
    [InlineData("%01")]
    [InlineData("%0A")]
    public async Task An_id_that_nobody_can_have_is_not_asked_for(string id)
    {
        await using var host = await StartAsync(new UserChange.Settled(s_alice));
        var admin = await host.LogInAsAdminAsync();

        var found = await host.GetAsync("/admin/users/" + id, Calls.Bearer(admin.AccessToken));
        var sessions = await host.GetAsync($"/admin/users/{id}/sessions", Calls.Bearer(admin.AccessToken));
        var disabled = await host.PostAsync($"/admin/users/{id}/disable", Calls.Bearer(admin.AccessToken));

        Assert.All([found, sessions, disabled], answer => Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer.Code)));
        Assert.Empty(_users.ReceivedCalls());
    }

    private static Task<Answer> OrderAsync(IssuerHost host, Answer admin, string method, string act, string json) => host.SendAsync(
        new HttpMethod(method), "/admin/users/id-of-alice/" + act,
        json.Length == 0 ? null : new StringContent(json, Encoding.UTF8, "application/json"), Calls.Bearer(admin.AccessToken));

    private static int CountRevocations(IssuerHost host)
        => host.Get<LogLines>().All.Count(line => line.Contains(" Revoked: ", StringComparison.Ordinal));

    private IEnumerable<AuditEvent> OrdersWritten() => _trail.ReceivedCalls()
        .Select(call => call.GetArguments()[0])
        .OfType<AuditEvent>()
        .Where(written => written is { User.Value: "id-of-alice", Actor: not null });

    private Task<IssuerHost> StartAsync(UserChange outcome)
    {
        _users.DisableAsync(default, default).ReturnsForAnyArgs(_ => Change());
        _users.SetPasswordAsync(default, default!, default).ReturnsForAnyArgs(_ => Change());
        _users.SetRolesAsync(default, default!, default).ReturnsForAnyArgs(_ => Change());
        var setup = new IssuerSetup();
        return IssuerHost.StartAsync(setup with
        {
            Services = services =>
            {
                services.AddSingleton(_users);
                services.AddSingleton(_trail);
                services.AddSingleton(setup.Logs);
                FaultyStore.AddTo(services);
            },
        });

        Task<UserChange> Change()
        {
            _whileChanging();
            return Task.FromResult(outcome);
        }
    }
}
