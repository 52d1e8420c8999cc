namespace TokenIssuer.Tests.Redis;

/// <summary>Three masters that share the slots, for the tests of a class.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private readonly List<RedisProcess> _masters = [];

    /// <summary>Nodes of the cluster, as a connection string names them.</summary>
    public string Addresses => string.Join(',', _masters.Select(master => master.Address));

    internal IReadOnlyList<RedisProcess> Masters => _masters;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _masters.Add(await RedisProcess.StartAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
        }

        var created = await _masters[0].AskAsync(["--cluster", "create", .. _masters.Select(master => master.Address), "--cluster-yes"]);
        foreach (var master in _masters)
        {
            await master.WaitForAsync("cluster_state:ok", created, "CLUSTER", "INFO");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var master in _masters)
        {
            await master.DisposeAsync();
        }
    }
}
