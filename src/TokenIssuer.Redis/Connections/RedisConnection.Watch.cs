using System.Net;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <content>What is asked of a connection each second.</content>
internal sealed partial class RedisConnection
{
    private static readonly TimeSpan s_betweenSentinels = TimeSpan.FromSeconds(3);

    private HashSet<EndPoint>? _needed;
    private long _sentinelsAskedAt;

    /// <summary>Whether something lies on a master, as far as is known: one that was just added to a cluster owns nothing yet.</summary>
    public bool IsNeeded(EndPoint master) => Volatile.Read(ref _needed) is not { } needed || needed.Contains(master);

    /// <summary>
    /// The master that the sentinels name, when it is not the one connected to: an old master that was cut off from them and
    /// not from this host goes on answering. Where no sentinel answers nobody knows better.
    /// </summary>
    private async Task<EndPoint?> MovedToAsync(CancellationToken cancellationToken)
    {
        if (settings.SentinelName is null || clock.GetElapsedTime(_sentinelsAskedAt) < s_betweenSentinels)
        {
            return null;
        }

        _sentinelsAskedAt = clock.GetTimestamp();
        try
        {
            var named = await Sentinels.FindMasterAsync(settings, clock, cancellationToken).ConfigureAwait(false);
            return named.EndPoints[0].Equals(_address) ? null : named.EndPoints[0];
        }
        catch (TokenStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Asks every node that something lies on, so that one silent node of a cluster is noticed.</summary>
    private async Task PingAsync(ConnectionMultiplexer multiplexer, CancellationToken cancellationToken)
    {
        var servers = multiplexer.GetEndPoints().Select(endpoint => multiplexer.GetServer(endpoint)).ToList();
        var needed = IsCluster
            ? await FindOwnersAsync(servers, cancellationToken).ConfigureAwait(false)
            : servers.FindAll(server => !server.IsSlave);
        Volatile.Write(ref _needed, [.. needed.Select(server => server.EndPoint)]);
        foreach (var server in needed)
        {
            await server.PingAsync().WaitAsync(s_interval, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The masters that own slots. One that died and was replaced stays listed, and nobody needs it.</summary>
    private async Task<List<IServer>> FindOwnersAsync(List<IServer> servers, CancellationToken cancellationToken)
    {
        var told = servers.Find(server => server.IsConnected) ?? throw new TimeoutException("No node of the cluster is connected.");
        var cluster = await told.ClusterNodesAsync().WaitAsync(s_interval, clock, cancellationToken).ConfigureAwait(false);
        var owners = cluster.Nodes.Where(node => !node.IsSlave && node.Slots.Count > 0).Select(node => node.EndPoint).ToHashSet();
        var known = servers.FindAll(server => owners.Contains(server.EndPoint));

        // Nodes may call themselves by other addresses than this host does.
        return known.Count > 0 ? known : servers.FindAll(server => !server.IsSlave);
    }
}
