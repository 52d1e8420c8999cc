using System.Globalization;

namespace TokenIssuer.Redis.Feed;

/// <summary>What a node says of its replication.</summary>
/// <param name="Silence">How long ago it was last known to have everything; null when it is cut off from its master, or from its replicas.</param>
/// <param name="DownSince">How long a replica knows already that its link is down.</param>
internal readonly record struct Replication(TimeSpan? Silence, TimeSpan DownSince)
{
    /// <param name="info">In the words of <c>INFO replication</c>.</param>
    /// <exception cref="TokenStoreUnavailableException">It does not tell what it is.</exception>
    public static Replication Read(string info)
    {
        var values = info
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return values.GetValueOrDefault("role") switch
        {
            // Told only where min-replicas-to-write is set. The old name is the one that is used.
            "master" => new Replication(values.GetValueOrDefault("min_slaves_good_slaves") == "0" ? null : TimeSpan.Zero, TimeSpan.Zero),
            "slave" when values.GetValueOrDefault("master_link_status") == "up" => new Replication(Seconds(values, "master_last_io_seconds_ago"), TimeSpan.Zero),
            "slave" => new Replication(null, Seconds(values, "master_link_down_since_seconds")),
            _ => throw new TokenStoreUnavailableException("Redis does not tell whether it is a master or a replica."),
        };
    }

    private static TimeSpan Seconds(Dictionary<string, string> values, string name)
        => long.TryParse(values.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;
}
