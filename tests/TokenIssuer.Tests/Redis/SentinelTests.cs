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

    [Fact]
    public async Task Issuer_and_api_leave_an_old_master_that_goes_on_answering_for_the_one_that_the_sentinels_name()
    {
        await using var old = await RedisProcess.StartAsync();
        await using var promoted = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{old.Port}");
        await promoted.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var sentinel = await RedisProcess.StartSentinelAsync("keeper", old.Port);
        var connection = $"{sentinel.Address},serviceName=keeper";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        await using var api = await ApiNode.StartAsync(connection);
        var answer = await issuer.LogInAsync("anna");
        await promoted.WaitForAsync(await old.AskAsync("DBSIZE"), "The replica lags behind.", "DBSIZE");

        // As after a failover that the old master was cut off from.
        await promoted.AskAsync("REPLICAOF", "NO", "ONE");
        await sentinel.AskAsync("SENTINEL", "REMOVE", "keeper");
        await sentinel.AskAsync("SENTINEL", "MONITOR", "keeper", "127.0.0.1", $"{promoted.Port}", "1");
        await using var elsewhere = await IssuerNode.StartAsync($"{promoted.Address}", _folder, "b");
        await elsewhere.RevokeAsync(new RevocationTarget.Session(answer.SessionId));

        await api.RefusesAsync(answer, s_patience);
        await Eventually.TrueAsync(() => issuer.Denylist.Lists(answer.SessionId), s_patience);
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(answer, s_patience));
        Assert.True(issuer.Log.Has("MasterMoved"));
        Assert.Equal("PONG", await old.AskAsync("PING"));
    }

    [Theory]
    [InlineData("the-right-one")]
    [InlineData(null)]
    public async Task Sentinels_are_told_the_password_and_need_not_have_one(string? password)
    {
        await using var master = await RedisProcess.StartAsync("--requirepass", "the-right-one");
        await using var sentinel = await RedisProcess.StartSentinelAsync("keeper", master.Port, password);

        await using var issuer = await IssuerNode.StartAsync($"{sentinel.Address},serviceName=keeper,password=the-right-one", _folder);

        await issuer.LogInAsync("anna");
        Assert.DoesNotContain(issuer.Log.Lines, line => line.Contains("the-right-one", StringComparison.Ordinal));
    }
}
