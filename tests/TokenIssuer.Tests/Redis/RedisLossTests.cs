using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Redis loses what it had acknowledged. Those who saw a revocation give it back; what nobody remembers is answered by killing everything.</summary>
public sealed class RedisLossTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flush_ends_every_session_everywhere_and_new_ones_work_at_once_even_where_the_clock_is_wrong()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var late = await IssuerNode.StartAsync(redis.Address, _folder, "late", new ShiftedClock(TimeSpan.FromSeconds(-60)));
        await using var api = await ApiNode.StartAsync(redis.Address);
        await using var secondApi = await ApiNode.StartAsync(redis.Address);
        IssuerNode[] issuers = [issuer, late];
        ApiNode[] apis = [api, secondApi];
        var old = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => issuers[i % 2].LogInAsync($"user-{i}")));
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(old.Select((session, i) => RefreshUntilDeadAsync(issuers[i % 2], session, enough.Token)));

        await redis.AskAsync("FLUSHALL");
        var dead = await Eventually.TrueAsync(() => apis.All(one => old.All(session => !one.Accepts(session))), s_patience);
        var reborn = await Eventually.TrueAsync(async () => await TryLogInAsync(late) && await TryLogInAsync(issuer), s_patience);
        await enough.CancelAsync();
        var held = await load;

        foreach (var (session, node) in held.SelectMany(session => issuers.Select(node => (session, node))))
        {
            Assert.IsNotType<RefreshOutcome.Refreshed>(await node.PersistAsync(session, s_patience));
            Assert.All(apis, one => Assert.False(one.Accepts(session)));
        }

        foreach (var (home, other) in new[] { (issuer, late), (late, issuer) })
        {
            var fresh = await home.LogInAsync("new");
            Assert.All(apis, one => Assert.True(one.Accepts(fresh)));
            Assert.IsType<RefreshOutcome.Refreshed>(await other.PersistAsync(fresh, s_patience));
            await other.RevokeAsync(new RevocationTarget.Session(fresh.SessionId));
            await Task.WhenAll(apis.Select(one => one.RefusesAsync(fresh, s_patience)));
            Assert.IsNotType<RefreshOutcome.Refreshed>(await home.PersistAsync(fresh, s_patience));
        }

        // The target is 2 s; a machine on which everything runs at once gets more.
        Assert.True(dead + reborn < TimeSpan.FromSeconds(10), $"Dead after {dead}, new logins after {reborn} more.");
    }

    [Fact]
    public async Task Three_issuers_heal_at_once_without_writing_anything_twice()
    {
        await using var redis = await RedisProcess.StartAsync();
        var issuers = new List<IssuerNode>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            issuers.Add(await IssuerNode.StartAsync(redis.Address, _folder, name));
        }

        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => issuers[i % 3].LogInAsync($"user-{i}")));
        for (var i = 0; i < 6; i++)
        {
            await issuers[i % 3].RevokeAsync(new RevocationTarget.Session(sessions[i].SessionId));
        }

        await issuers[0].RevokeAsync(new RevocationTarget.EverythingOf(new Subject("user-7")));
        await issuers[1].RevokeAsync(new RevocationTarget.Token("a-token"));
        await issuers[2].RevokeAsync(new RevocationTarget.Key("a-key"));
        await Eventually.TrueAsync(() => issuers.TrueForAll(issuer => issuer.Denylist.Count == 9), s_patience);

        await redis.AskAsync("FLUSHALL");
        await Eventually.TrueAsync(() => issuers.TrueForAll(issuer => issuer.Log.Has("StoreLossHealed")), s_patience);
        await Eventually.TrueAsync(async () => (await Task.WhenAll(issuers.Select(issuer => issuer.IsReadyAsync()))).All(ready => ready), s_patience);
        var settled = await SettleAsync(issuers);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var page = await issuers[0].Feed.ReadAsync(null, null, TestContext.Current.CancellationToken);

        Assert.Equal(settled, page.Cursor);
        // The new store's `all` is above all of them: only the key needs an entry any more. Who had healed when another raised
        // the epoch gives back what it holds once more.
        Assert.Empty(page.Entries.OfType<RevocationEntry.User>());
        Assert.All(page.Entries.GroupBy(entry => (entry with { Id = string.Empty, Until = default }).ToString()), same => Assert.Single(same));
        Assert.Single(page.Entries.OfType<RevocationEntry.Key>());
        Assert.InRange(page.Cursor.Epoch, 2, 4);
        foreach (var issuer in issuers)
        {
            await issuer.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_replica_that_missed_the_last_writes_is_told_them_and_sessions_go_on()
    {
        await using var master = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var proxy = new TcpProxy(master.Port);
        await using var issuer = await IssuerNode.StartAsync(proxy.Address, _folder);
        await using var other = await IssuerNode.StartAsync(proxy.Address, _folder, "b");
        await using var api = await ApiNode.StartAsync(proxy.Address);
        var (revoked, kept) = (await issuer.LogInAsync("revoked"), await issuer.LogInAsync("kept"));
        await issuer.RevokeAsync(new RevocationTarget.Session((await issuer.LogInAsync("before")).SessionId));
        await replica.WaitForAsync(await master.AskAsync("XLEN", "{ti:0}:log"), string.Empty, "XLEN", "{ti:0}:log");

        // From here on the replica misses everything.
        await replica.AskAsync("REPLICAOF", "NO", "ONE");
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        for (var i = 0; i < 3; i++)
        {
            kept = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(kept, s_patience)).Answer;
        }

        var raised = await issuer.LogInAsync("raised");
        await issuer.RevokeAsync(new RevocationTarget.EverythingOf(new Subject("raised")));
        await Eventually.TrueAsync(() => !api.Accepts(revoked) && !api.Accepts(raised) && other.Denylist.Lists(revoked.SessionId), s_patience);
        await master.KillAsync();
        proxy.SwitchTo(replica.Port);
        await using var newcomer = await IssuerNode.StartAsync(replica.Address, _folder, "newcomer");

        Assert.IsNotType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(revoked, s_patience));
        Assert.IsNotType<RefreshOutcome.Refreshed>(await other.PersistAsync(revoked, s_patience));
        Assert.False(api.Accepts(revoked));
        await Eventually.TrueAsync(
            async () => await newcomer.TryRefreshAsync(revoked) is RefreshOutcome.InvalidGrant && newcomer.Denylist.Lists(revoked.SessionId),
            TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => newcomer.Denylist.Check(ApiNode.Identify(raised)) == Denial.User, s_patience);
        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(kept, s_patience));
        Assert.True(issuer.Log.Has("RotationRolledBack"));
        Assert.True(api.Accepts(kept));
    }

    [Fact]
    public async Task A_restored_backup_that_nobody_remembers_ends_every_session_once()
    {
        await using var redis = await RedisProcess.StartAsync();
        TokenAnswer revoked, kept;
        await using (var issuer = await IssuerNode.StartAsync(redis.Address, _folder))
        {
            (revoked, kept) = (await issuer.LogInAsync("revoked"), await issuer.LogInAsync("kept"));
            await redis.AskAsync("SAVE");
            File.Copy(Path.Combine(redis.Folder, "dump.rdb"), Path.Combine(redis.Folder, "backup.rdb"));
            await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        }

        await redis.KillAsync();
        File.Move(Path.Combine(redis.Folder, "backup.rdb"), Path.Combine(redis.Folder, "dump.rdb"), overwrite: true);
        await redis.StartAgainAsync();
        File.Copy(_folder.PathOf("a.witness"), _folder.PathOf("b.witness"));
        File.Copy(_folder.PathOf("a.witness"), _folder.PathOf("c.witness"));
        var issuers = await Task.WhenAll(new[] { "a", "b", "c" }.Select(name => IssuerNode.StartAsync(redis.Address, _folder, name)));

        var page = await issuers[0].Feed.ReadAsync(null, null, TestContext.Current.CancellationToken);
        foreach (var issuer in issuers)
        {
            Assert.IsNotType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(revoked, s_patience));
            Assert.IsNotType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(kept, s_patience));
            Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(await issuer.LogInAsync("new"), s_patience));
        }

        Assert.Equal(2, page.Cursor.Epoch);
        Assert.Equal("2", await redis.AskAsync("XLEN", "{ti:0}:global:log"));
        foreach (var issuer in issuers)
        {
            await issuer.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_flush_while_nobody_runs_ends_every_session_even_if_generations_were_ahead_of_time()
    {
        await using var redis = await RedisProcess.StartAsync();
        TokenAnswer living, loggedOut;
        await using (var issuer = await IssuerNode.StartAsync(redis.Address, _folder))
        {
            for (var i = 0; i < 60; i++)
            {
                // Each raises generations by a second; the newborn store begins where the first of them has.
                await issuer.RevokeAsync(new RevocationTarget.Everything());
            }

            (living, loggedOut) = (await issuer.LogInAsync("living"), await issuer.LogInAsync("logged-out"));
            await issuer.RevokeAsync(new RevocationTarget.Session(loggedOut.SessionId));
            await Eventually.TrueAsync(async () => (await issuer.Feed.ReadAsync(null, null, TestContext.Current.CancellationToken)).Cursor.Equals(issuer.Denylist.Cursor), s_patience);
            Assert.Equal(Denial.None, issuer.Denylist.Check(ApiNode.Identify(living)));
        }

        await redis.AskAsync("FLUSHALL");
        await using var anew = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var api = await ApiNode.StartAsync(redis.Address);

        Assert.All(new[] { living, loggedOut }, answer => Assert.NotEqual(Denial.None, anew.Denylist.Check(ApiNode.Identify(answer))));
        await Eventually.TrueAsync(() => !api.Accepts(living) && !api.Accepts(loggedOut), s_patience);
        Assert.IsNotType<RefreshOutcome.Refreshed>(await anew.PersistAsync(living, s_patience));
        var fresh = await anew.LogInAsync("living");
        Assert.True(api.Accepts(fresh));
    }

    /// <summary>Waits until all have read the same log to the same end.</summary>
    private static async Task<LogCursor> SettleAsync(List<IssuerNode> issuers)
    {
        LogCursor? seen = null;
        await Eventually.TrueAsync(
            () =>
            {
                seen = issuers[0].Denylist.Cursor;
                return seen is not null && issuers.TrueForAll(issuer => seen.Equals(issuer.Denylist.Cursor));
            },
            s_patience);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        return issuers[0].Denylist.Cursor ?? throw new InvalidOperationException("It has forgotten its cursor.");
    }

    private static async Task<bool> TryLogInAsync(IssuerNode issuer)
    {
        try
        {
            await issuer.LogInAsync("first");
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }

    /// <returns>What the client held last.</returns>
    private static async Task<TokenAnswer> RefreshUntilDeadAsync(IssuerNode issuer, TokenAnswer held, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var outcome = await issuer.TryRefreshAsync(held);
            if (outcome is RefreshOutcome.Refreshed refreshed)
            {
                held = refreshed.Answer;
            }

            await Task.Delay(10, CancellationToken.None);
        }

        return held;
    }
}
