namespace TokenIssuer.Tests.Redis;

/// <summary>One single Redis for the tests of a class; each keeps its data under a prefix of its own.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private RedisProcess? _process;

    internal RedisProcess Process => _process ?? throw new InvalidOperationException("Redis was not started.");

    public async ValueTask InitializeAsync() => _process = await RedisProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
