using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A Redis that comes back empty on the connection that was there before is given a new store, whatever the follower was doing.</summary>
public sealed class RedisRebirthTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Redis_without_persistence_that_restarts_under_load_signs_everybody_out_and_serves_again()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var second = await IssuerNode.StartAsync(redis.Address, _folder, "b");
        await using var api = await ApiNode.StartAsync(redis.Address);
        IssuerNode[] issuers = [first, second];
        var old = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => issuers[i % 2].LogInAsync($"user-{i}")));
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(old.Select((session, i) => RefreshUntilAsync(issuers[i % 2], session, enough.Token)));

        await redis.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await redis.StartAgainAsync();

        await Eventually.TrueAsync(async () => await TryLogInAsync(first) && await TryLogInAsync(second), s_patience);
        await enough.CancelAsync();
        await load;
        foreach (var session in old)
        {
            Assert.IsType<RefreshOutcome.InvalidGrant>(await second.PersistAsync(session, s_patience));
            await api.RefusesAsync(session, s_patience);
        }

        var fresh = await first.LogInAsync("new");
        Assert.IsType<RefreshOutcome.Refreshed>(await second.PersistAsync(fresh, s_patience));
        await Eventually.TrueAsync(() => api.Accepts(fresh), s_patience);
    }

    [Fact]
    public async Task A_flush_while_the_log_can_not_be_followed_is_answered_by_a_birth()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var old = await issuer.LogInAsync("anna");
        await redis.AskAsync("XADD", "{ti:0}:log", "*", "e", "an entry of another version");
        await Eventually.TrueAsync(() => issuer.Log.Has("FeedInterrupted"), s_patience);

        await redis.AskAsync("FLUSHALL");

        await Eventually.TrueAsync(() => TryLogInAsync(issuer), s_patience);
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(old, s_patience));
    }

    private static async Task<bool> TryLogInAsync(IssuerNode issuer)
    {
        try
        {
            await issuer.LogInAsync("somebody");
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task RefreshUntilAsync(IssuerNode issuer, TokenAnswer held, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            if (await issuer.TryRefreshAsync(held) is RefreshOutcome.Refreshed refreshed)
            {
                held = refreshed.Answer;
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }
}
