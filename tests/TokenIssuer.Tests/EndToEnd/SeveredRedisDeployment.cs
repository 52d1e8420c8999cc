using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>
/// As <see cref="RedisDeployment"/>, where both ways to Redis can be cut and led elsewhere: that of the first issuer and the
/// first API, and that of the second issuer, whom the second API follows.
/// </summary>
public sealed class SeveredRedisDeployment : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private RedisProcess? _redis;
    private TcpProxy? _firstWay;
    private TcpProxy? _secondWay;
    private Deployment? _processes;

    internal RedisProcess Redis => _redis ?? throw new InvalidOperationException("Not started.");

    internal TcpProxy FirstWay => _firstWay ?? throw new InvalidOperationException("Not started.");

    internal TcpProxy SecondWay => _secondWay ?? throw new InvalidOperationException("Not started.");

    internal Deployment Processes => _processes ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _redis = Keep(await RedisProcess.StartAsync());
        _firstWay = Keep(new TcpProxy(_redis.Port));
        _secondWay = Keep(new TcpProxy(_redis.Port));
        var (first, second) = (ConnectionBy(_firstWay), ConnectionBy(_secondWay));
        _processes = Keep(await Deployment.StartAsync(users: 8, issuers: [first], firstApi: [first], secondIssuer: [second]));
    }

    /// <summary>A replica that has everything, and hears of what follows by a way of its own.</summary>
    internal async Task<RedisProcess> StartReplicaAsync(TcpProxy way)
    {
        var replica = Keep(await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{way.Port}"));
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        return replica;
    }

    /// <summary>The master dies, a replica takes its place, and everybody is led there.</summary>
    internal async Task FailOverAsync(RedisProcess replica)
    {
        await Redis.KillAsync();
        await replica.AskAsync("REPLICAOF", "NO", "ONE");
        _redis = replica;
        Heal();
        FirstWay.SwitchTo(replica.Port);
        SecondWay.SwitchTo(replica.Port);
    }

    internal void Heal()
    {
        FirstWay.Heal();
        SecondWay.Heal();
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    // A busy machine must not turn these tests into tests of deadlines.
    private static (string Key, string Value) ConnectionBy(TcpProxy way) => ("ConnectionStrings:Redis", $"{way.Address},deadline=5000");

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
