using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A Redis that must not be used stops the start with a sentence that says what to change.</summary>
public sealed class RedisStartTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task A_Redis_that_evicts_is_refused(string policy)
    {
        await using var redis = await RedisProcess.StartAsync("--maxmemory-policy", policy);

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(() => IssuerNode.StartUnreadyAsync(redis.Address, _folder));

        Assert.Contains(policy, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("set maxmemory-policy noeviction", refusal.Message, StringComparison.Ordinal);
        await redis.AskAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        Assert.True(await issuer.IsReadyAsync());
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_not_shown()
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass", "the-right-one");

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(
            () => IssuerNode.StartUnreadyAsync($"{redis.Address},password=not-the-right-one", _folder));

        Assert.Contains("password", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-right-one", refusal.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisUnsuitableException>(() => IssuerNode.StartUnreadyAsync(redis.Address, _folder));
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},password=the-right-one", _folder);
        Assert.DoesNotContain(issuer.Log.Lines, line => line.Contains("the-right-one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_read_only_replica_is_refused_by_an_issuer_and_good_enough_for_an_api()
    {
        await using var master = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var issuer = await IssuerNode.StartAsync(master.Address, _folder);
        var answer = await issuer.LogInAsync("anna");

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(() => IssuerNode.StartUnreadyAsync(replica.Address, _folder, "b"));
        await using var api = await ApiNode.StartAsync(replica.Address);
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));

        Assert.Contains("read-only replica", refusal.Message, StringComparison.Ordinal);
        await api.RefusesAsync(answer, s_patience);
    }

    [Fact]
    public async Task Another_number_of_partitions_than_the_data_were_written_with_is_refused()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using (await IssuerNode.StartAsync($"{redis.Address},partitions=4", _folder))
        {
        }

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(() => IssuerNode.StartUnreadyAsync(redis.Address, _folder));

        Assert.Contains("add partitions=4", refusal.Message, StringComparison.Ordinal);
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},partitions=4", _folder);
        await using var api = await ApiNode.StartAsync(redis.Address);
        var answer = await issuer.LogInAsync("anna");
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));
        await api.RefusesAsync(answer, s_patience);
    }

    [Fact]
    public async Task An_issuer_with_a_keys_folder_of_its_own_is_refused()
    {
        using var elsewhere = new TemporaryFolder();
        await using var redis = await RedisProcess.StartAsync();
        await using (var issuer = await IssuerNode.StartAsync(redis.Address, _folder))
        {
            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => IssuerNode.StartUnreadyAsync(redis.Address, elsewhere));

            Assert.StartsWith("The keys folder does not hold the refresh master key", refusal.Message, StringComparison.Ordinal);
            await using var same = await IssuerNode.StartAsync(redis.Address, _folder, "b");
            Assert.IsType<RefreshOutcome.Refreshed>(await same.PersistAsync(await issuer.LogInAsync("anna"), s_patience));
        }

        await redis.AskAsync("HDEL", "{ti:0}:global:state", "k");
        await using var anew = await IssuerNode.StartAsync(redis.Address, elsewhere);
        Assert.True(await anew.IsReadyAsync());
    }

    [Fact]
    public async Task An_issuer_with_a_keys_folder_of_its_own_never_answers_though_Redis_was_silent_at_its_start()
    {
        using var elsewhere = new TemporaryFolder();
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var proxy = new TcpProxy(redis.Port);
        proxy.Swallow();
        await using var stranger = await IssuerNode.StartUnreadyAsync(proxy.Address, elsewhere);

        proxy.Heal();
        await Eventually.TrueAsync(() => stranger.Log.Lines.Any(line => line.Contains("The keys folder does not hold", StringComparison.Ordinal)), TimeSpan.FromSeconds(30));

        Assert.False(stranger.Denylist.IsLoaded);
        await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => stranger.LogInAsync("anna"));
        Assert.True(await issuer.IsReadyAsync());
    }

    [Theory]
    [InlineData("redis_version:5.0.14\r\nrole:master\r\nmaxmemory_policy:noeviction", "Redis 5.0.14 is too old")]
    [InlineData("redis_version:7.0.15\r\nrole:slave\r\nmaxmemory_policy:noeviction", "read-only")]
    [InlineData("redis_version:7.0.15\r\nrole:master\r\nmaxmemory_policy:allkeys-lfu", "allkeys-lfu")]
    public void What_a_server_says_of_itself_is_judged(string info, string expected)
    {
        var refusal = Assert.Throws<RedisUnsuitableException>(RedisServerFacts.Read(info).ThrowUnlessWritable);

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        RedisServerFacts.Read("redis_version:6.2.0\r\nrole:master\r\nmaxmemory_policy:noeviction").ThrowUnlessWritable();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("password=x", "names no host")]
    [InlineData("localhost,partitions=0", "partitions")]
    [InlineData("localhost,deadline=soon", "deadline")]
    [InlineData("localhost,keyPrefix={x}", "keyPrefix")]
    [InlineData("localhost,nonsense=1", "nonsense")]
    public void A_connection_string_with_a_fault_is_refused(string text, string expected)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => RedisSettings.Parse(text));

        Assert.Contains(expected, refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, RedisSettings.Parse("localhost:6379,partitions=4").Partitions);
    }

    [Fact]
    public async Task A_clock_that_is_off_by_more_than_ninety_seconds_makes_an_issuer_not_ready()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var wrong = await IssuerNode.StartUnreadyAsync(redis.Address, _folder, "wrong", new ShiftedClock(TimeSpan.FromMinutes(-2)));
        await using var right = await IssuerNode.StartAsync(redis.Address, _folder, "right", new ShiftedClock(TimeSpan.FromSeconds(-80)));

        await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => wrong.LogInAsync("anna"));

        Assert.True(await right.IsReadyAsync());
        Assert.False(await wrong.IsReadyAsync());
        Assert.True(wrong.Log.Has("ClocksApart"));
    }

    [Fact]
    public async Task A_record_that_this_program_does_not_know_is_503_and_stays_as_it_is()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},deadline=5000", _folder);
        using var direct = await redis.ConnectAsync();
        var (unknown, wrongType, fine) = (await issuer.LogInAsync("unknown"), await issuer.LogInAsync("wrong-type"), await issuer.LogInAsync("fine"));
        var keys = new RedisKeys("ti", 1);
        var field = (RedisValue)Identifier128.ToBytes(unknown.SessionId.Family.Value);
        var packed = (byte[])(await direct.GetDatabase().HashGetAsync(keys.User(unknown.SessionId.User), field))!;
        byte[] newer = [9, .. packed[1..]];
        await direct.GetDatabase().HashSetAsync(keys.User(unknown.SessionId.User), field, newer);
        await direct.GetDatabase().StringSetAsync(keys.User(wrongType.SessionId.User), "what");

        Assert.Null(await issuer.TryRefreshAsync(unknown));
        Assert.Null(await issuer.TryRefreshAsync(wrongType));
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(
            () => issuer.Authority.FindOwnerAsync(unknown.SessionId, TestContext.Current.CancellationToken));
        Assert.Equal(2, issuer.Log.Lines.Count(line => line.StartsWith("RecordUnreadable ", StringComparison.Ordinal)));

        Assert.Equal(newer, (byte[])(await direct.GetDatabase().HashGetAsync(keys.User(unknown.SessionId.User), field))!);
        Assert.True(issuer.Log.Has("StepRefused"));
        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(fine, s_patience));
        await direct.GetDatabase().HashSetAsync(keys.User(unknown.SessionId.User), field, packed);
        Assert.IsType<RefreshOutcome.Refreshed>(await issuer.PersistAsync(unknown, s_patience));
    }

    [Theory]
    [InlineData("XADD", "{ti:0}:log", "*", "e", "\t an entry of version 9")]
    [InlineData("HSET", "{ti:0}:state", "v", "9")]
    public async Task A_log_that_this_program_does_not_know_is_503_for_whoever_has_to_read_it(params string[] command)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},deadline=5000", _folder);
        var answer = await issuer.LogInAsync("anna");
        var cursor = issuer.Denylist.Cursor;
        await issuer.Feed.ReadAsync(cursor, answer.SessionId.User, TestContext.Current.CancellationToken);

        await redis.AskAsync(command);

        foreach (var (after, user) in new (LogCursor?, UserKey?)[] { (cursor, answer.SessionId.User), (cursor, null), (null, null) })
        {
            await Assert.ThrowsAsync<TokenStoreUnavailableException>(
                async () => await issuer.Feed.ReadAsync(after, user, TestContext.Current.CancellationToken));
        }

        Assert.True(issuer.Log.Has("RecordUnreadable"));
    }
}
