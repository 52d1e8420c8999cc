using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>One master of a cluster dies, and its replica takes its place.</summary>
public sealed class RedisClusterFaultTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_the_failover_of_a_master_sessions_go_on_and_what_was_revoked_stays_revoked()
    {
        await using var cluster = new RedisCluster();
        await cluster.InitializeAsync();
        var master = cluster.Masters[0];
        await using var replica = await cluster.AddReplicaAsync(master);
        var connection = $"{cluster.Addresses},{replica.Address}";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        await using var api = await ApiNode.StartAsync(connection);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => PersistAsync(() => issuer.LogInAsync($"user-{i}"))));
        var revoked = await PersistAsync(() => issuer.LogInAsync("revoked"));
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        await api.RefusesAsync(revoked, s_patience);
        await replica.WaitForAsync(await master.AskAsync("DBSIZE"), "The replica lags behind.", "DBSIZE");

        await master.KillAsync();
        await replica.WaitForAsync("role:master", "No failover.", "INFO", "replication");

        foreach (var session in sessions)
        {
            Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(session, s_patience));
            Assert.True(api.Accepts(session));
        }

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(revoked, s_patience));
        Assert.False(api.Accepts(revoked));
        foreach (var session in sessions)
        {
            await issuer.RevokeAsync(new RevocationTarget.Session(session.SessionId));
            await api.RefusesAsync(session, s_patience);
        }

        // The dead node stays listed. Nobody needs it any more, or the connection would be replaced every three seconds.
        await Eventually.TrueAsync(
            async () =>
            {
                var replaced = CountReplacements(issuer);
                await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
                return replaced == CountReplacements(issuer);
            },
            s_patience);
        Assert.True(await issuer.IsReadyAsync());
    }

    private static int CountReplacements(IssuerNode issuer)
        => issuer.Log.Lines.Count(line => line.StartsWith("RedisSilent ", StringComparison.Ordinal));

    private static async Task<TokenAnswer> PersistAsync(Func<Task<TokenAnswer>> logIn)
    {
        TokenAnswer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answer = await logIn();
                    return true;
                }
                catch (TokenStoreUnavailableException)
                {
                    return false;
                }
            },
            s_patience);
        return answer!;
    }
}
