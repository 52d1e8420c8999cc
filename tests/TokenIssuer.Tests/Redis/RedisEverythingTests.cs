using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

/// <summary>Killing everything is acknowledged for what it is, whatever lies among the users and however long they take to count.</summary>
public sealed class RedisEverythingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{ti:0}:u:somebody-elses")]
    [InlineData("{ti:0}:u:AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_foreign_key_among_the_users_fails_no_kill(string foreign)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var session = await issuer.LogInAsync("anna");
        await redis.AskAsync("SET", foreign, "x");

        var receipt = await issuer.Authority.RevokeAsync(new RevocationTarget.Everything(), RevocationReason.Administrator, Cancelled);
        await redis.AskAsync("DEL", foreign);
        await issuer.LogInAsync("anna");
        var again = await issuer.Authority.RevokeAsync(new RevocationTarget.Everything(), RevocationReason.Administrator, Cancelled);

        Assert.Equal((1, true), (receipt.Sessions, receipt.IsAtLeast));
        Assert.Equal((1, false), (again.Sessions, again.IsAtLeast));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.PersistAsync(session, s_patience));
    }

    [Fact]
    public async Task More_users_than_can_be_counted_in_time_are_said_to_be_at_least_so_many()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var stores = new RedisStores(redis.Address, "ti");
        await using var hurried = new RedisStores(redis.Address, "ti") { SweepClock = new LeapingClock() };
        var (store, late) = ((await stores.OpenAsync(new TokenIssuerOptions())).Store, (await hurried.OpenAsync(new TokenIssuerOptions())).Store);
        var user = new TestUser();
        var standing = await store.ReadUserAsync(user.Key, default, Cancelled);
        await store.StartFamilyAsync(user.Start(standing.Floors.Generation), default, Cancelled);
        await CopyUserAsync(redis, user.Key, 3_000);

        var inTime = await store.CountAsync(null, Cancelled);
        var some = await late.CountAsync(null, Cancelled);
        var killed = await late.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);
        var after = await store.CountAsync(null, Cancelled);

        Assert.Equal((3_001, false), (inTime.Sessions, inTime.IsAtLeast));
        Assert.InRange(some.Sessions, 1, 3_000);
        Assert.Equal((true, true), (some.IsAtLeast, killed.IsAtLeast));
        Assert.Equal((0, false), (after.Sessions, after.IsAtLeast));
    }

    /// <summary>Users are found by their keys alone: a copy under another key is another user.</summary>
    private static async Task CopyUserAsync(RedisProcess redis, UserKey user, int copies)
        => Assert.Equal($"{copies}", await redis.AskAsync(
            "EVAL",
            """
            local packed = redis.call('DUMP', KEYS[1])
            for i = 1, ARGV[1] do redis.call('RESTORE', '{ti:0}:u:' .. string.format('AAAAAAAAAAAAAAAA%05dA', i), 0, packed) end
            return ARGV[1]
            """,
            "1",
            $"{{ti:0}}:u:{user}",
            $"{copies}"));

    /// <summary>On which every look takes a second.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimestampFrequency;
    }
}
