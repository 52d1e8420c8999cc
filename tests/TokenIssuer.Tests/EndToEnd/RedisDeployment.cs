using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Issuers that share a Redis with its log on disk; the first API follows Redis itself, the second the second issuer over HTTP.</summary>
[CollectionDefinition(Name)]
public sealed class RedisDeployment : IAsyncLifetime, ICollectionFixture<RedisDeployment>
{
    public const string Name = "Redis deployment";

    private RedisProcess? _redis;
    private Deployment? _processes;

    internal RedisProcess Redis => _redis ?? throw new InvalidOperationException("Not started.");

    /// <summary>Whoever needs a session and does not mind the sessions of others.</summary>
    internal string KnownUser { get; private set; } = string.Empty;

    internal Deployment Processes => _processes ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync("--appendonly", "yes", "--appendfsync", "always");

        // A busy machine must not turn these tests into tests of deadlines.
        var connection = ("ConnectionStrings:Redis", $"{_redis.Address},deadline=5000");
        _processes = await Deployment.StartAsync(users: 48, issuers: [connection], firstApi: [connection]);
        KnownUser = _processes.TakeUser();
    }

    public async ValueTask DisposeAsync()
    {
        if (_processes is not null)
        {
            await _processes.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }
}
