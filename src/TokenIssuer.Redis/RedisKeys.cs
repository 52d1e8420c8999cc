using StackExchange.Redis;
using TokenIssuer.Families;

namespace TokenIssuer.Redis;

/// <summary>
/// Every key and channel there is. The hash tag <c>{prefix:p}</c> keeps what one step touches in one slot; the global log
/// lies with partition 0, whose steps may therefore read it.
/// </summary>
/// <remarks>
/// Times to live, all in Redis's own time and never shortened: user hash: the latest end of anything in it plus
/// 10 min, and at least the end of its last log entry plus the same; API tokens: likewise; streams and marks: retention plus the
/// same since the last entry; states: none, they never expire.
/// </remarks>
internal sealed class RedisKeys(string prefix, int partitions)
{
    /// <summary>Users are spread over this many partitions; the global log has the number after the last.</summary>
    public int Partitions => partitions;

    /// <summary>The number of the global log.</summary>
    public int Global => partitions;

    /// <summary>The log a user's kills are written to.</summary>
    public int PartitionOf(UserKey user) => (int)(user.Value % (UInt128)partitions);

    /// <summary>Hash: <c>u</c> the user record, 16 bytes a family, 8 bytes its metadata.</summary>
    public RedisKey User(UserKey user) => $"{Tag(PartitionOf(user))}:u:{user}";

    /// <summary>Hash: 16 bytes an API token.</summary>
    public RedisKey ApiTokens(UserKey user) => $"{Tag(PartitionOf(user))}:a:{user}";

    /// <summary>Finds the user hashes, for counting.</summary>
    public string UserPattern(int partition) => $"{Tag(partition)}:u:*";

    /// <summary>Whose hash a key is; null for a key that is not ours, whatever it is called.</summary>
    public static UserKey? TryUserOf(string key) => UserKey.TryParse(key.Split(':')[^1]);

    /// <summary>Hash: store id, epoch, tail, <c>all</c>, largest retention.</summary>
    public RedisKey State(int log) => log == Global ? GlobalState(prefix) : $"{Tag(log)}:state";

    /// <summary>The state of the global log if a step on <paramref name="log"/> may read it, else that log's own again.</summary>
    public RedisKey ReadableGlobalState(int log) => log == 0 ? State(Global) : State(log);

    /// <summary>Stream: one field <c>e</c> for each entry.</summary>
    public RedisKey Stream(int log) => log == Global ? $"{Tag(0)}:global:log" : $"{Tag(log)}:log";

    /// <summary>Sorted set: the tokens and keys that the global log forbids, by the end of their entry.</summary>
    public RedisKey Marks => $"{Tag(0)}:global:marks";

    /// <summary>The channel rung, without content, when something was appended to a log.</summary>
    public string Doorbell(int log) => $"{prefix}:bell:{log}";

    /// <summary>The state of the global log, which tells how many partitions there are.</summary>
    public static RedisKey GlobalState(string prefix) => $"{{{prefix}:0}}:global:state";

    /// <summary>String: how many attempts a source has made in its window, and gone with it. It has a slot of its own.</summary>
    /// <param name="prefix">As of every key.</param>
    /// <param name="source">The hash of an address.</param>
    public static RedisKey Attempts(string prefix, string source) => $"{{{prefix}:attempts:{source}}}";

    private string Tag(int partition) => $"{{{prefix}:{partition}}}";
}
