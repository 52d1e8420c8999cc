using Microsoft.Extensions.Logging.Abstractions;
using TokenIssuer.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Throttling;

namespace TokenIssuer.Tests.Redis;

public sealed class SharedAttemptsTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Exactly_as_many_as_permitted_get_through_however_many_try_at_once()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var node = await ConnectAsync(redis);
        using var other = await ConnectAsync(redis);

        var waits = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            number => (number % 2 == 0 ? node : other).Attempts.TryTakeAsync("192.0.2.1", 10, s_hour, CancellationToken.None)));

        Assert.Equal(10, waits.Count(wait => wait is null));
        Assert.All(waits.OfType<TimeSpan>(), wait => Assert.InRange(wait, TimeSpan.FromMinutes(50), s_hour));
        Assert.Null(await node.Attempts.TryTakeAsync("192.0.2.2", 10, s_hour, CancellationToken.None));
    }

    [Fact]
    public async Task A_window_ends_and_another_begins()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var node = await ConnectAsync(redis);
        var window = TimeSpan.FromMilliseconds(300);
        Assert.Null(await node.Attempts.TryTakeAsync("192.0.2.1", 1, s_hour, CancellationToken.None));
        Assert.NotNull(await node.Attempts.TryTakeAsync("192.0.2.1", 1, s_hour, CancellationToken.None));

        await Eventually.TrueAsync(
            async () => await node.Attempts.TryTakeAsync("192.0.2.2", 1, window, CancellationToken.None) is not null, TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(
            async () => await node.Attempts.TryTakeAsync("192.0.2.2", 1, window, CancellationToken.None) is null, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Without_redis_nobody_gets_through()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var node = await ConnectAsync(redis);
        await redis.KillAsync();

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => node.Attempts.TryTakeAsync("192.0.2.1", 10, s_hour, CancellationToken.None));
    }

    private static async Task<Node> ConnectAsync(RedisProcess redis)
    {
        var settings = RedisSettings.Parse($"{redis.Address},deadline=10000");
        var connection = new RedisConnection(settings, RedisUse.Store, TimeProvider.System, NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        return new Node(connection, new SharedAttempts(connection, new RedisCalls(connection, TimeProvider.System, NullLogger<RedisCalls>.Instance)));
    }

    private sealed record Node(RedisConnection Connection, SharedAttempts Attempts) : IDisposable
    {
        public void Dispose() => Connection.Dispose();
    }
}
