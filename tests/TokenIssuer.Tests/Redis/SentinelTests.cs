using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Sentinels tell where the master is, and after a failover where it is now.</summary>
public sealed class SentinelTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_failover_sessions_go_on_and_what_was_revoked_stays_revoked()
    {
        await using var master = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var sentinel = await RedisProcess.StartSentinelAsync("keeper", master.Port);
        await sentinel.WaitForAsync("num-slaves\n1", string.Empty, "SENTINEL", "MASTER", "keeper");
        var connection = $"127.0.0.1:1,{sentinel.Address},serviceName=keeper";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        await using var api = await ApiNode.StartAsync(connection);
        var (kept, revoked) = (await issuer.LogInAsync("kept"), await issuer.LogInAsync("revoked"));
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        await api.RefusesAsync(revoked, s_patience);

        await master.KillAsync();
        var refreshed = await issuer.PersistAsync(kept, s_patience);
        var answer = Assert.IsType<RefreshOutcome.Refreshed>(refreshed).Answer;
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(revoked, s_patience));
        Assert.False(api.Accepts(revoked));
        await api.RefusesAsync(answer, s_patience);
    }
}
