using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A backup is put under issuers that come one after the other: the log may have grown past what was lost before who remembers it looks.</summary>
public sealed class RedisWitnessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

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
        var first = await issuer.LogInAsync("first");
        await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId));
        var seen = (await issuer.Feed.ReadAsync(null, null, TestContext.Current.CancellationToken)).Cursor;
        var longAgo = seen with { Positions = [.. seen.Positions.Select(position => Back(position, TimeSpan.FromHours(1)))] };
        var lately = seen with { Positions = [.. seen.Positions.Select(position => Back(position, TimeSpan.FromMilliseconds(1)))] };

        Assert.False(await issuer.Store.HasLostAsync(seen, TestContext.Current.CancellationToken));
        Assert.False(await issuer.Store.HasLostAsync(longAgo, TestContext.Current.CancellationToken));
        Assert.True(await issuer.Store.HasLostAsync(lately, TestContext.Current.CancellationToken));
    }

    private static LogPosition Back(LogPosition position, TimeSpan time)
        => position == LogPosition.Start ? position : position with { Major = position.Major - (long)time.TotalMilliseconds };
}
