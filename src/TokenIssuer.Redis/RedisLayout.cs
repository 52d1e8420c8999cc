using TokenIssuer.Redis.Connections;

namespace TokenIssuer.Redis;

/// <summary>How the data are spread, and what time it is where they lie. Fixed from the first connection on.</summary>
internal sealed class RedisLayout
{
    private const int DefaultClusterPartitions = 16;

    private readonly RedisClock[] _clocks;

    public RedisLayout(RedisSettings settings, int partitions, TimeProvider clock)
    {
        Keys = new RedisKeys(settings.KeyPrefix, partitions);
        _clocks = [.. Enumerable.Range(0, partitions).Select(_ => new RedisClock(clock))];
    }

    public RedisKeys Keys { get; }

    /// <summary>The number to use when the data do not tell: nothing is there yet.</summary>
    public static int PartitionsFor(RedisSettings settings, RedisConnection connection)
        => settings.Partitions ?? (connection.IsCluster ? DefaultClusterPartitions : 1);

    /// <summary>Of the node that holds a log; the global log lies with partition 0.</summary>
    public RedisClock ClockOf(int log) => _clocks[log == Keys.Global ? 0 : log];
}
