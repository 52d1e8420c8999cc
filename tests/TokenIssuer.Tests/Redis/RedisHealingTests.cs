using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Giving back what Redis lost comes to an end, whatever a single record or a single second is like.</summary>
public sealed class RedisHealingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("another type")]
    [InlineData("another version")]
    public async Task A_user_whose_records_are_unreadable_holds_up_nobody_elses_healing(string record)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var (kept, broken, raised) = (await issuer.LogInAsync("kept"), await issuer.LogInAsync("broken"), await issuer.LogInAsync("raised"));
        await issuer.RevokeAsync(new RevocationTarget.Session(broken.SessionId));
        await issuer.RevokeAsync(new RevocationTarget.EverythingOf(new Subject("raised")));
        foreach (var user in new[] { broken.SessionId.User, raised.SessionId.User })
        {
            await BreakAsync(redis, user, record);
        }

        await LoseLogAsync(redis);
        await Eventually.TrueAsync(() => issuer.Log.Has("StoreLossHealed"), s_patience);
        await using var newcomer = await IssuerNode.StartAsync(redis.Address, _folder, "newcomer");

        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(kept, s_patience));
        Assert.Null(await issuer.TryRefreshAsync(raised));
        Assert.True(issuer.Log.Has("RecordUnasserted"));
        Assert.True(newcomer.Denylist.Lists(broken.SessionId));
        Assert.Equal(Denial.User, newcomer.Denylist.Check(ApiNode.Identify(raised)));
        Assert.Equal(Denial.None, newcomer.Denylist.Check(ApiNode.Identify(kept)));
    }

    [Fact]
    public async Task A_pause_longer_than_the_deadline_is_outlasted_and_nothing_is_written_twice()
    {
        const int Count = 1_000;
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},deadline=200", _folder);
        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(10);
        var entries = Enumerable.Range(0, Count).Select(i => new RevocationEntry.Family(
            new SessionId(new UserKey((UInt128)i + 1), FamilyId.New()), RevocationReason.Logout, until)).ToList();

        await redis.AskAsync("CLIENT", "PAUSE", "900");
        await issuer.Store.AppendAsync(entries, Cancelled);

        Assert.Equal($"{Count}", await redis.AskAsync("XLEN", "{ti:0}:log"));
    }

    [Fact]
    public async Task Giving_back_the_floors_of_a_user_counts_families_and_nothing_that_is_as_long_as_one()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var session = await issuer.LogInAsync("anna");
        Assert.Equal("1", await redis.AskAsync(
            "EVAL",
            """
            local fields = redis.call('HGETALL', KEYS[1])
            for i = 1, #fields, 2 do
              if #fields[i] == 16 then redis.call('HSET', KEYS[1], string.sub(fields[i], 1, 8), fields[i + 1]) end
            end
            return 1
            """,
            "1",
            KeyOf(session.SessionId.User)));
        var floors = UserFloors.All(issuer.Denylist.HighestGeneration + 1_000);

        var killed = await issuer.Store.AppendAsync(
            [new RevocationEntry.User(session.SessionId.User, new Subject("anna"), floors, RevocationReason.Administrator, DateTimeOffset.MinValue)], Cancelled);

        Assert.Equal(1, killed.Sessions);
    }

    private static string KeyOf(UserKey user) => $"{{ti:0}}:u:{user}";

    private static async Task BreakAsync(RedisProcess redis, UserKey user, string record)
    {
        if (record == "another type")
        {
            await redis.AskAsync("SET", KeyOf(user), "x");
        }
        else
        {
            await redis.AskAsync("HSET", KeyOf(user), "u", "another");
        }
    }

    /// <summary>The entries of the partition are gone, and somebody has seen a loss.</summary>
    private static async Task LoseLogAsync(RedisProcess redis) => Assert.Equal("2", await redis.AskAsync(
        "EVAL",
        """
        redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
        redis.call('HINCRBY', KEYS[2], 'e', 1)
        return redis.call('HINCRBY', KEYS[3], 'e', 1)
        """,
        "3",
        "{ti:0}:log",
        "{ti:0}:state",
        "{ti:0}:global:state"));
}
