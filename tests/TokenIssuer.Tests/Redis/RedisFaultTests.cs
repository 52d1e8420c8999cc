using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Redis stops, stalls, vanishes and comes back; no session is lost by it and no dead token comes to life.</summary>
public sealed class RedisFaultTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_Redis_with_its_log_on_disk_comes_back_with_everything_as_it_was()
    {
        await using var redis = await RedisProcess.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var api = await ApiNode.StartAsync(redis.Address);
        var sessions = await LogInAsync(issuer, 10);
        var revoked = await issuer.LogInAsync("revoked");
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(sessions.Select(session => RefreshOnAsync(issuer, session, enough.Token)));

        await redis.KillAsync();
        var duringOutage = await issuer.TryRefreshAsync(sessions[0]);
        await redis.StartAgainAsync();
        await Eventually.TrueAsync(issuer.IsReadyAsync, s_patience);
        await enough.CancelAsync();
        var held = await load;

        Assert.Null(duringOutage);
        foreach (var session in held)
        {
            Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(session, s_patience));
        }

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(revoked, s_patience));
        await api.RefusesAsync(revoked, s_patience);
    }

    [Fact]
    public async Task A_Redis_that_freezes_for_twelve_seconds_costs_no_session()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var sessions = await LogInAsync(issuer, 10);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(sessions.Select(session => RefreshOnAsync(issuer, session, enough.Token)));

        await redis.FreezeAsync();
        await redis.ThawAfterAsync(TimeSpan.FromSeconds(12));
        await Eventually.TrueAsync(issuer.IsReadyAsync, s_patience);
        await enough.CancelAsync();

        foreach (var session in await load)
        {
            Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(session, s_patience));
        }
    }

    [Fact]
    public async Task A_black_hole_is_answered_at_once_and_left_soon_after_it_heals()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var proxy = new TcpProxy(redis.Port);
        await using var issuer = await IssuerNode.StartAsync($"{proxy.Address},deadline=150", _folder);
        await using var api = await ApiNode.StartAsync(proxy.Address);
        var answer = await issuer.LogInAsync("anna");

        proxy.Swallow();
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var startedAt = TimeProvider.System.GetTimestamp();
            Assert.Null(await issuer.TryRefreshAsync(answer));
            delays.Add(TimeProvider.System.GetElapsedTime(startedAt));
        }

        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        proxy.Heal();
        var healed = await Eventually.TrueAsync(async () => await issuer.TryRefreshAsync(answer) is RefreshOutcome.Refreshed, s_patience);
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));
        await api.RefusesAsync(answer, s_patience);

        Assert.True(delays.Min() < TimeSpan.FromMilliseconds(200), $"The first answers took {string.Join(", ", delays)}.");
        Assert.True(healed < TimeSpan.FromSeconds(10), $"It took {healed}.");
    }

    [Fact]
    public async Task A_full_Redis_acknowledges_only_what_it_keeps_and_forgets_nothing()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},deadline=5000", _folder);
        await using var api = await ApiNode.StartAsync(redis.Address);
        var (revoked, alive, late) = (await issuer.LogInAsync("anna"), await issuer.LogInAsync("bert"), await issuer.LogInAsync("carl"));
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        await api.RefusesAsync(revoked, s_patience);

        await redis.AskAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => issuer.LogInAsync("dora"));
        Assert.Null(await issuer.TryRefreshAsync(alive));
        Assert.IsNotType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(revoked));
        Assert.False(await issuer.IsReadyAsync());
        var isLateDead = await TryRevokeAsync(issuer, late);
        Assert.False(api.Accepts(revoked));

        await redis.AskAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.True(await issuer.IsReadyAsync());
        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(alive, s_patience));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(revoked, s_patience));
        Assert.Equal(!isLateDead, await issuer.PersistAsync(late, s_patience) is RefreshOutcome.Refreshed);
        await Eventually.TrueAsync(() => api.Accepts(late) != isLateDead, s_patience);
    }

    [Fact]
    public async Task An_issuer_starts_without_Redis_and_recovers_by_itself()
    {
        var port = RedisProcess.FreePort();
        await using var issuer = await IssuerNode.StartUnreadyAsync($"127.0.0.1:{port}", _folder);
        var before = await issuer.IsReadyAsync();
        await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => issuer.LogInAsync("anna"));

        await using var redis = await RedisProcess.StartOnAsync(port);
        await Eventually.TrueAsync(issuer.IsReadyAsync, s_patience);

        Assert.False(before);
        Assert.True(issuer.Log.Has("RedisUnreachable"));
        var answer = await issuer.LogInAsync("anna");
        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(answer, s_patience));
    }

    /// <returns>Whether the kill was acknowledged.</returns>
    private static async Task<bool> TryRevokeAsync(IssuerNode issuer, TokenAnswer answer)
    {
        try
        {
            await issuer.Authority.RevokeAsync(
                new RevocationTarget.Session(answer.SessionId), RevocationReason.Administrator, TestContext.Current.CancellationToken);
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }

    private static Task<TokenAnswer[]> LogInAsync(IssuerNode issuer, int count)
        => Task.WhenAll(Enumerable.Range(0, count).Select(i => issuer.LogInAsync($"user-{i}-{FamilyId.New()}")));

    /// <summary>A client that refreshes all the time and tries again, with the same token, after each 503.</summary>
    /// <returns>What it holds in the end.</returns>
    private static async Task<TokenAnswer> RefreshOnAsync(IssuerNode issuer, TokenAnswer held, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            if (await issuer.TryRefreshAsync(held) is { } outcome)
            {
                held = Assert.IsType<RefreshOutcome.Refreshed>(outcome).Answer;
            }

            await Task.Delay(10, CancellationToken.None);
        }

        return held;
    }
}
