using TokenIssuer.Redis;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A backup is put under issuers that come one after the other: the log may have grown past what was lost before who remembers it looks.</summary>
public sealed class RedisWitnessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private static readonly RedisKeys s_keys = new("ti", 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_that_has_grown_past_what_was_witnessed_before_who_remembers_came_ends_every_session()
    {
        await using var redis = await RedisProcess.StartAsync();
        TokenAnswer revoked, other;
        await using (await IssuerNode.StartAsync(redis.Address, _folder, "early"))
        {
            await redis.AskAsync("SAVE");
        }

        await using (var issuer = await IssuerNode.StartAsync(redis.Address, _folder, "late"))
        {
            (revoked, other) = (await issuer.LogInAsync("revoked"), await issuer.LogInAsync("other"));
            await redis.AskAsync("SAVE");
            File.Copy(Path.Combine(redis.Folder, "dump.rdb"), Path.Combine(redis.Folder, "backup.rdb"));
            await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
            var end = (await issuer.Feed.ReadAsync(null, null, TestContext.Current.CancellationToken)).Cursor;
            await Eventually.TrueAsync(() => end.Equals(issuer.Denylist.Cursor), s_patience);
        }

        await redis.KillAsync();
        File.Move(Path.Combine(redis.Folder, "backup.rdb"), Path.Combine(redis.Folder, "dump.rdb"), overwrite: true);
        await redis.StartAgainAsync();
        await using var early = await IssuerNode.StartAsync(redis.Address, _folder, "early");
        var revived = await early.PersistAsync(revoked, s_patience);
        await early.RevokeAsync(new RevocationTarget.Session(other.SessionId));
        await using var late = await IssuerNode.StartAsync(redis.Address, _folder, "late");

        Assert.IsType<RefreshOutcome.Refreshed>(revived);
        Assert.True(late.Log.Has("StoreBehindWitness"));
        Assert.IsNotType<RefreshOutcome.Refreshed>(await late.PersistAsync(revoked, s_patience));
        await Eventually.TrueAsync(async () => await early.TryRefreshAsync(revoked) is RefreshOutcome.InvalidGrant, s_patience);
        Assert.IsType<RefreshOutcome.Refreshed>(await late.PersistAsync(await late.LogInAsync("new"), s_patience));
    }

    [Fact]
    public async Task A_log_that_was_trimmed_since_has_lost_nothing()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var seen = await RevokeAsync(issuer, "first");
        await RevokeAsync(issuer, "second");
        var end = await RevokeAsync(issuer, "third");

        var whole = await HasLostAsync(issuer, seen);
        await redis.AskAsync("XTRIM", s_keys.Stream(0), "MAXLEN", "1");

        Assert.False(whole);
        Assert.False(await HasLostAsync(issuer, seen));
        Assert.False(await HasLostAsync(issuer, end));
        Assert.True(await HasLostAsync(issuer, Back(end, TimeSpan.FromMilliseconds(1))));
    }

    [Fact]
    public async Task A_log_that_was_quiet_until_its_entries_expired_has_lost_nothing_and_one_that_lost_them_before_has()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var seen = await RevokeAsync(issuer, "first");
        await RevokeAsync(issuer, "second");
        await redis.AskAsync("DEL", s_keys.Stream(0));

        var early = await HasLostAsync(issuer, seen);
        var expired = DateTimeOffset.UtcNow - new TokenIssuerOptions().Retention - TimeSpan.FromMinutes(1);
        await redis.AskAsync("HSET", s_keys.State(0), "t", $"{expired.ToUnixTimeMilliseconds()}-0");

        Assert.True(early);
        Assert.False(await HasLostAsync(issuer, Back(seen, TimeSpan.FromHours(1))));
    }

    private static async Task<LogCursor> RevokeAsync(IssuerNode issuer, string user)
    {
        await issuer.RevokeAsync(new RevocationTarget.Session((await issuer.LogInAsync(user)).SessionId));
        return (await issuer.Feed.ReadAsync(null, null, TestContext.Current.CancellationToken)).Cursor;
    }

    private static Task<bool> HasLostAsync(IssuerNode issuer, LogCursor seen) => issuer.Store.HasLostAsync(seen, TestContext.Current.CancellationToken);

    /// <summary>The same cursor as if it had stopped earlier in the one partition.</summary>
    private static LogCursor Back(LogCursor cursor, TimeSpan time) => cursor with
    {
        Positions = cursor.Positions.SetItem(0, cursor.Positions[0] with { Major = cursor.Positions[0].Major - (long)time.TotalMilliseconds }),
    };
}
