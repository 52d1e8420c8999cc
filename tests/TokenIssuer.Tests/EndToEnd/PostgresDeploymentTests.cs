using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;
using TokenIssuer.Tests.Server;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Two issuers as on two hosts: tokens in Redis, users in PostgreSQL.</summary>
[Collection(PostgresServer.Name)]
public sealed class PostgresDeploymentTests(PostgresServer postgres)
{
    private const int NobodysPort = 1;

    [Fact]
    public async Task A_user_who_is_disabled_through_one_issuer_is_dead_on_the_other()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var site = new IssuerSite(
            ("ConnectionStrings:Redis", $"{redis.Address},deadline=5000"), ("ConnectionStrings:Postgres", await postgres.CreateDatabaseAsync()));
        await using var first = await IssuerProcess.StartAsync(site);
        await using var second = await IssuerProcess.StartAnotherAsync(site);
        var (alice, bob) = (await first.Client.LogInAsync("alice", "correct-horse-1"), await first.Client.LogInAsync("bob", "correct-horse-2"));
        var admin = await second.Client.LogInAsync("admin", "correct-horse-3");
        var page = await (await second.Client.SendAsync(HttpMethod.Get, "/admin/users?query=alice", admin))
            .Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var id = page.GetProperty("users")[0].GetProperty("id").GetString();

        using var disabled = await second.Client.SendAsync(HttpMethod.Post, $"/admin/users/{id}/disable", admin);

        Assert.Equal(HttpStatusCode.NoContent, disabled.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await first.Client.GetMeAsync(alice));
        Assert.False(await first.Client.IsRefreshableAsync(alice));
        using var login = await first.Client.TryLogInAsync("alice", "correct-horse-1");
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await first.Client.GetMeAsync(bob));
        using var audit = await first.Client.SendAsync(HttpMethod.Get, $"/admin/audit?user={id}", admin);
        Assert.Contains("user_disabled", await audit.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(site.UserFile));
    }

    [Fact]
    public async Task An_issuer_whose_database_goes_away_says_so_and_comes_back()
    {
        await using var proxy = new TcpProxy(postgres.Port);
        var address = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Port = proxy.Port };
        using var site = new IssuerSite(("ConnectionStrings:Postgres", address.ToString()));
        await using var issuer = await IssuerProcess.StartAsync(site);

        proxy.SwitchTo(NobodysPort);
        using var refused = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");
        using var health = await issuer.Client.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        proxy.SwitchTo(postgres.Port);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        await Eventually.TrueAsync(
            async () =>
            {
                using var login = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");
                return login.StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromMinutes(1));
    }
}
