using System.Reflection;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

/// <summary>A step that Redis runs after its caller gave up does nothing, unless late is still right.</summary>
public sealed class RedisLateTests(RedisServer server) : IClassFixture<RedisServer>
{
    // More than the ten seconds that a step of these stores may take, less than the ninety that clocks may be apart.
    private static readonly TimeSpan s_tooLate = TimeSpan.FromSeconds(12);

    private readonly FallingClock _clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Steps => [.. AllSteps.Select(script => script.Name)];

    private static IEnumerable<Script> AllSteps => typeof(Script)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Select(property => property.GetValue(null))
        .OfType<Script>()
        .Where(script => script.Text.StartsWith("-- step:", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_script_whose_deadline_has_passed_answers_late_before_anything_else(string name)
    {
        using var redis = await server.Process.ConnectAsync();
        var script = AllSteps.Single(step => step.Name == name);
        RedisKey[] keys = [.. Enumerable.Range(1, script.KeyCount).Select(i => (RedisKey)$"{{late}}:{name}:{i}")];
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        var late = await script.EvaluateAsync(redis.GetDatabase(), keys, [now, now - 5000]);
        var inTime = await script.EvaluateAsync(redis.GetDatabase(), keys, [now, now + 3_600_000]);
        var withoutOne = await script.EvaluateAsync(redis.GetDatabase(), keys, [now, 0]);

        Assert.Equal((StepCode.Late, StepCode.Unborn, StepCode.Unborn), (CodeOf(late), CodeOf(inTime), CodeOf(withoutOne)));
        Assert.Equal(2, late.Length);
    }

    [Fact]
    public async Task A_step_that_comes_late_twice_is_503_and_has_written_nothing()
    {
        await using var stores = new RedisStores(server.Process.Address, hostClock: _clock);
        var node = await stores.OpenAsync(new TokenIssuerOptions());
        var user = new TestUser();
        var family = await LogInAsync(node.Store, user);
        var tail = await node.TailAsync();

        _clock.WithEachLook = s_tooLate;
        var refusal = await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => node.Store.RotateAsync(family.Present(), default, Cancelled));
        _clock.WithEachLook = TimeSpan.Zero;

        Assert.Equal("Redis ran rotate-family-4 after its deadline, twice.", refusal.Message);
        Assert.Equal(family, Assert.Single(await node.Store.ListFamiliesAsync(user.Key, default, Cancelled)));
        Assert.Equal(tail, await node.TailAsync());
        Assert.Equal(RotationVerdict.Rotated, (await node.Store.RotateAsync(family.Present(), default, Cancelled)).Verdict);
    }

    [Fact]
    public async Task A_host_whose_clock_was_set_back_corrects_its_offset_and_tries_once_more()
    {
        await using var stores = new RedisStores(server.Process.Address, hostClock: _clock);
        var store = (await stores.OpenAsync(new TokenIssuerOptions())).Store;
        var family = (await store.RotateAsync((await LogInAsync(store, new TestUser())).Present(), default, Cancelled)).Family!;
        var before = await CountAsync();

        _clock.Fall(TimeSpan.FromSeconds(60));
        var rotation = await store.RotateAsync(family.Present(), default, Cancelled);
        var corrected = await CountAsync();
        var next = await store.RotateAsync(family.Present() with { Generation = family.Generation + 1 }, default, Cancelled);

        Assert.Equal((RotationVerdict.Rotated, RotationVerdict.Rotated), (rotation.Verdict, next.Verdict));
        Assert.Equal((2, 1), (corrected - before, await CountAsync() - corrected));
        Assert.InRange(rotation.Now - family.CreatedAt, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task A_revocation_of_one_family_is_done_however_late_it_comes()
    {
        await using var stores = new RedisStores(server.Process.Address, hostClock: _clock);
        var node = await stores.OpenAsync(new TokenIssuerOptions());
        var family = await LogInAsync(node.Store, new TestUser());
        await node.Store.RevokeFamilyAsync((await LogInAsync(node.Store, new TestUser())).Session, RevocationReason.Logout, Cancelled);
        var before = await CountAsync();

        _clock.WithEachLook = s_tooLate;
        var killed = await node.Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled);
        _clock.WithEachLook = TimeSpan.Zero;

        Assert.Equal((1, 1), (killed.Sessions, await CountAsync() - before));
        Assert.Equal(RotationVerdict.Missing, (await node.Store.RotateAsync(family.Present(), default, Cancelled)).Verdict);
    }

    [Fact]
    public async Task Ending_the_others_too_late_spares_what_began_after_its_caller_gave_up()
    {
        await using var stores = new RedisStores(server.Process.Address, hostClock: _clock);
        var node = await stores.OpenAsync(new TokenIssuerOptions());
        var user = new TestUser();
        var kept = await LogInAsync(node.Store, user);
        var other = await LogInAsync(node.Store, user);
        await node.Store.RevokeFamilyAsync((await LogInAsync(node.Store, new TestUser())).Session, RevocationReason.Logout, Cancelled);

        _clock.WithEachLook = s_tooLate;
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => node.Store.RevokeOtherFamiliesAsync(kept.Session, RevocationReason.Logout, Cancelled));
        _clock.WithEachLook = TimeSpan.Zero;
        var late = await node.Store.ListFamiliesAsync(user.Key, default, Cancelled);
        await node.Store.RevokeOtherFamiliesAsync(kept.Session, RevocationReason.Logout, Cancelled);
        var inTime = await node.Store.ListFamiliesAsync(user.Key, default, Cancelled);

        Assert.Equal([kept.Session, other.Session], late.Select(family => family.Session).OrderBy(session => session == kept.Session ? 0 : 1));
        Assert.Equal(kept.Session, Assert.Single(inTime).Session);
    }

    private static StepCode CodeOf(RedisResult[] reply) => (StepCode)(int)(long)reply[0];

    private static async Task<TokenFamily> LogInAsync(ITokenFamilyStore store, TestUser user)
    {
        var standing = await store.ReadUserAsync(user.Key, default, Cancelled);
        return Assert.IsType<FamilyStarted.Started>(await store.StartFamilyAsync(user.Start(standing.Floors.Generation), default, Cancelled)).Family;
    }

    private async Task<int> CountAsync()
    {
        var stats = await server.Process.AskAsync("INFO", "commandstats");
        return stats.Split('\n')
            .Where(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal) || line.StartsWith("cmdstat_eval:", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("calls=")[1].Split(',')[0]));
    }
}
