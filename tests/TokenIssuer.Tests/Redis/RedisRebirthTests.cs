using TokenIssuer.Redis.Connections;
using TokenIssuer.Revocation;
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

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    public async Task An_api_that_was_up_all_the_time_follows_a_store_that_was_born_again_in_another_number_of_partitions(int before, int after)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using (await IssuerNode.StartAsync($"{redis.Address},partitions={before}", _folder))
        {
        }

        await using var api = await ApiNode.StartAsync(redis.Address);
        await redis.AskAsync("FLUSHALL");
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},partitions={after}", _folder);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => issuer.LogInAsync($"user-{i}")));
        await Eventually.TrueAsync(() => api.Denylist.Cursor?.Positions.Length == after + 1, s_patience);
        Assert.All(sessions, session => Assert.True(api.Accepts(session)));

        foreach (var session in sessions)
        {
            await issuer.RevokeAsync(new RevocationTarget.Session(session.SessionId));
            await api.RefusesAsync(session, s_patience);
        }

        await Eventually.TrueAsync(() => api.Denylist.Age < TimeSpan.FromSeconds(2), s_patience);
    }

    [Fact]
    public async Task An_issuer_that_did_not_see_how_its_store_was_born_again_in_other_partitions_says_so_and_does_not_answer()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var proxy = new TcpProxy(redis.Port);
        await using var blind = await IssuerNode.StartAsync(proxy.Address, _folder, "blind");
        Assert.True(await blind.IsReadyAsync());

        proxy.Swallow();
        await redis.AskAsync("FLUSHALL");
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},partitions=4", _folder);
        proxy.Heal();
        await Eventually.TrueAsync(() => blind.Log.Lines.Any(line => line.Contains("add partitions=4", StringComparison.Ordinal)), s_patience);

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(() => blind.Store.CheckAsync(TestContext.Current.CancellationToken));
        Assert.Contains("add partitions=4", refusal.Message, StringComparison.Ordinal);
        Assert.False(await TryLogInAsync(blind));
        Assert.True(await TryLogInAsync(issuer));
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
