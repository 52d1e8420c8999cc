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
            _masters.Add(await StartNodeAsync());
        }

        var created = await _masters[0].AskAsync(["--cluster", "create", .. _masters.Select(master => master.Address), "--cluster-yes"]);
        foreach (var master in _masters)
        {
            await master.WaitForAsync("cluster_state:ok", created, "CLUSTER", "INFO");
        }
    }

    /// <summary>Gives a master a replica that takes its place when it dies.</summary>
    internal async Task<RedisProcess> AddReplicaAsync(RedisProcess master)
    {
        var replica = await StartNodeAsync();
        var added = await master.AskAsync(
            "--cluster", "add-node", replica.Address, master.Address, "--cluster-slave", "--cluster-master-id", await master.AskAsync("CLUSTER", "MYID"));
        await replica.WaitForAsync("master_link_status:up", added, "INFO", "replication");
        await replica.WaitForAsync("cluster_state:ok", added, "CLUSTER", "INFO");
        foreach (var other in _masters)
        {
            await other.WaitForAsync("slave", added, "CLUSTER", "NODES");
        }

        return replica;
    }

    /// <summary>Adds a master that owns no slots.</summary>
    internal async Task<RedisProcess> AddMasterAsync()
    {
        var added = await StartNodeAsync();
        var answer = await _masters[0].AskAsync("--cluster", "add-node", added.Address, _masters[0].Address);
        await added.WaitForAsync("cluster_state:ok", answer, "CLUSTER", "INFO");
        return added;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var master in _masters)
        {
            await master.DisposeAsync();
        }
    }

    private static Task<RedisProcess> StartNodeAsync() => RedisProcess.StartAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "2000");
}
