using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <summary>What a server says of itself, and whether a store may live on it.</summary>
internal sealed record RedisServerFacts(Version Version, bool IsCluster, string Role, string EvictionPolicy)
{
    /// <summary>Streams trimmed by age came with it.</summary>
    private static readonly Version s_oldest = new(6, 2);

    public static RedisServerFacts Read(string info)
    {
        var values = info
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new RedisServerFacts(
            Version.TryParse(values.GetValueOrDefault("redis_version"), out var version) ? version : new Version(),
            values.GetValueOrDefault("cluster_enabled") == "1",
            values.GetValueOrDefault("role", "unknown"),
            values.GetValueOrDefault("maxmemory_policy", "unknown"));
    }

    /// <exception cref="RedisUnsuitableException">The server is too old.</exception>
    public void ThrowUnlessReadable()
    {
        if (Version < s_oldest)
        {
            throw new RedisUnsuitableException($"Redis {Version} is too old: version {s_oldest} or later is needed.");
        }
    }

    /// <exception cref="RedisUnsuitableException">The server is too old, read-only, or may throw sessions and revocations away.</exception>
    public void ThrowUnlessWritable()
    {
        ThrowUnlessReadable();
        if (Role == "slave")
        {
            throw new RedisUnsuitableException("This Redis is a read-only replica: connect to its master, or to the sentinels with serviceName=….");
        }

        if (EvictionPolicy != "noeviction")
        {
            throw new RedisUnsuitableException(
                $"Redis has the maxmemory-policy {EvictionPolicy}, under which it throws away sessions and revocations when memory is short: set maxmemory-policy noeviction.");
        }
    }

    /// <summary>In the words of <c>INFO</c>.</summary>
    public static async Task<RedisServerFacts> AskAsync(IServer server)
    {
        var groups = await server.InfoRawAsync().ConfigureAwait(false);
        return Read(groups);
    }
}
