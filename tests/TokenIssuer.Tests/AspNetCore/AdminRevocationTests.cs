using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class AdminRevocationTests
{
    [Fact]
    public async Task A_user_loses_everything_and_others_nothing()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var (first, second) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        var bob = await host.LogInForBodyAsync("bob", IssuerHost.BobPassword);
        await ApiTokenCalls.CreateAsync(host, first);

        var revoked = await host.OrderAsync(admin, """{"user":"id-of-alice","reason":"left the company"}""");
        var again = await host.OrderAsync(admin, """{"user":"id-of-alice"}""");

        Assert.Equal((HttpStatusCode.OK, (2, 1)), (revoked.Status, revoked.Revoked()));
        Assert.Equal((HttpStatusCode.OK, (0, 0)), (again.Status, again.Revoked()));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(first.RefreshToken)).Code);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(second.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(first.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(bob.RefreshToken)).Status);
    }

    [Fact]
    public async Task Ten_thousand_sessions_of_one_user_end_with_one_order_that_counts_them_all()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();
        var store = host.Get<ModelStore>();
        var user = UserKey.Of(IssuerHost.Issuer, new Subject("id-of-alice"));
        var first = Assert.Single(await store.ListFamiliesAsync(user, default, TestContext.Current.CancellationToken));
        store.Copy(first, [.. Enumerable.Range(1, 9_999).Select(_ => new SessionId(user, FamilyId.New()))]);
        var listed = await host.GetAsync("/admin/users/id-of-alice/sessions", Calls.Bearer(admin.AccessToken));

        var revoked = await host.OrderAsync(admin, """{"user":"id-of-alice"}""");
        var again = await host.OrderAsync(admin, """{"user":"id-of-alice"}""");
        var left = await host.GetAsync("/admin/users/id-of-alice/sessions", Calls.Bearer(admin.AccessToken));

        Assert.Equal((HttpStatusCode.OK, (10_000, 0)), (revoked.Status, revoked.Revoked()));
        Assert.Equal((HttpStatusCode.OK, (0, 0)), (again.Status, again.Revoked()));
        Assert.Equal((10_000, 0), (listed.Json.GetProperty("sessions").GetArrayLength(), left.Json.GetProperty("sessions").GetArrayLength()));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    [Fact]
    public async Task One_session_ends_and_its_sister_lives()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var (first, second) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());

        var revoked = await host.OrderAsync(admin, $$"""{"session":"{{first.SessionId}}"}""");

        Assert.Equal((1, 0), revoked.Revoked());
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(first.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(second.AccessToken))).Status);
    }

    [Fact]
    public async Task One_access_token_dies_alone()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();
        var refreshed = await host.RefreshByBodyAsync(login.RefreshToken);
        var jti = JwtText.Payload(login.AccessToken).GetProperty("jti").GetString();

        await host.OrderAsync(admin, $$"""{"token":"{{jti}}"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(refreshed.AccessToken))).Status);
    }

    [Fact]
    public async Task Everything_is_everybodys_the_administrator_included()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();

        var revoked = await host.OrderAsync(admin, """{"everything":true,"reason":"break-in"}""");

        Assert.Equal(HttpStatusCode.OK, revoked.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync()).Status);
    }

    [Theory]
    [InlineData("""{"user":"id-of-alice","dry_run":true}""", 2)]
    [InlineData("""{"session":"SESSION","dry_run":true}""", 1)]
    [InlineData("""{"everything":true,"dry_run":true}""", 3)]
    public async Task A_dry_run_counts_and_kills_nobody(string order, int sessions)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var (first, second) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());

        var counted = await host.OrderAsync(admin, order.Replace("SESSION", first.SessionId, StringComparison.Ordinal));

        Assert.Equal((sessions, 0), counted.Revoked());
        Assert.False(counted.Json.TryGetProperty("revocation_id", out _));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(first.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(second.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("""{"user":"nobody"}""")]
    [InlineData("""{"session":"no-session"}""")]
    [InlineData("""{"token":"no-token"}""")]
    [InlineData("""{"key":"no-key"}""")]
    public async Task An_unknown_target_is_answered_with_zeros(string order)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.OrderAsync(admin, order);

        Assert.Equal((HttpStatusCode.OK, (0, 0)), (answer.Status, answer.Revoked()));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"everything":false}""")]
    [InlineData("""{"user":""}""")]
    [InlineData("""{"user":"id-of-alice","session":"x"}""")]
    [InlineData("""{"user":7}""")]
    [InlineData("""{"user":"id-of-alice","user":"id-of-bob"}""")]
    [InlineData("nonsense")]
    public async Task An_order_that_is_not_clear_changes_nothing(string order)
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.OrderAsync(admin, order);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Fact]
    public async Task The_audit_log_has_it_with_actor_and_reason_before_the_answer()
    {
        var trail = Substitute.For<IAuditTrail>();
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(trail) });
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();
        trail.ClearReceivedCalls();

        await host.OrderAsync(admin, $$"""{"session":"{{login.SessionId}}","reason":"lost laptop"}""");

        var written = Assert.IsType<AuditEvent>(Assert.Single(trail.ReceivedCalls()).GetArguments()[0]);
        Assert.Equal(
            (AuditEventType.Revoked, "id-of-alice", login.SessionId, "id-of-root", "lost laptop"),
            (written.Type, written.User?.Value, written.Session?.ToString(), written.Actor?.Value, written.Reason));
    }

    [Theory]
    [InlineData("""{"token":"some-token","reason":"leaked"}""", "token some-token: leaked")]
    [InlineData("""{"token":"some-token"}""", "token some-token")]
    [InlineData("""{"token":"some-token","reason":""}""", "token some-token")]
    [InlineData("""{"everything":true,"reason":"break-in"}""", "everything: break-in")]
    public async Task The_audit_log_says_what_was_revoked_whatever_the_reason_says(string order, string reason)
    {
        var trail = Substitute.For<IAuditTrail>();
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(trail) });
        var admin = await host.LogInAsAdminAsync();
        trail.ClearReceivedCalls();

        await host.OrderAsync(admin, order);

        var written = Assert.IsType<AuditEvent>(Assert.Single(trail.ReceivedCalls()).GetArguments()[0]);
        Assert.Equal((AuditEventType.Revoked, reason), (written.Type, written.Reason));
    }

    [Fact]
    public async Task A_key_counts_as_retired_only_if_there_was_one()
    {
        var trail = Substitute.For<IAuditTrail>();
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(trail) });
        var admin = await host.LogInAsAdminAsync();
        var signing = JwtText.Header(admin.AccessToken).GetProperty("kid").GetString();
        trail.ClearReceivedCalls();

        await host.OrderAsync(admin, """{"key":"no-key","reason":"found in a log"}""");
        await host.PostAsync("/admin/keys/no-key/retire", Calls.Bearer(admin.AccessToken));
        await host.OrderAsync(admin, $$"""{"key":"{{signing}}"}""");

        Assert.Equal(
            [(AuditEventType.Revoked, "key no-key: found in a log"), (AuditEventType.KeyRetired, $"key {signing}")],
            trail.ReceivedCalls().Select(call => call.GetArguments()[0]).OfType<AuditEvent>().Select(written => (written.Type, written.Reason)));
    }

    [Fact]
    public async Task An_administrator_who_leaves_does_not_stop_half_way_what_they_ordered()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Services = services => services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<ModelStore>()).Store),
        });
        var admin = await host.LogInAsAdminAsync();
        var store = host.Get<ITokenFamilyStore>();
        store.RevokeAllAsync(default, default, default).ReturnsForAnyArgs(new Killed(3, 1, []));
        store.ClearReceivedCalls();

        var answer = await host.OrderAsync(admin, """{"everything":true}""");

        // Nothing of the caller's can cancel it.
        Assert.Equal((3, 1), answer.Revoked());
        await store.Received(1).RevokeAllAsync(RevocationReason.Administrator, Arg.Any<long>(), CancellationToken.None);
    }

    [Fact]
    public async Task What_could_not_all_be_counted_is_said_to_be_at_least_so_many()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Services = services => services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<ModelStore>()).Store),
        });
        var admin = await host.LogInAsAdminAsync();
        host.Get<ITokenFamilyStore>().CountAsync(default, default).ReturnsForAnyArgs(new Killed(7, 2, []) { IsAtLeast = true }, new Killed(9, 3, []));

        var some = await host.OrderAsync(admin, """{"everything":true,"dry_run":true}""");
        var all = await host.OrderAsync(admin, """{"everything":true,"dry_run":true}""");

        Assert.Equal("""{"revoked":{"sessions":7,"api_tokens":2,"at_least":true}}""", some.Body);
        Assert.Equal("""{"revoked":{"sessions":9,"api_tokens":3}}""", all.Body);
    }
}
