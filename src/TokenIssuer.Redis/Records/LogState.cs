using StackExchange.Redis;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Records;

/// <summary>The state of one log: of which store it is, where it ends, and what holds for everybody. Only that of the global log tells in how many partitions the store lies.</summary>
internal sealed record LogState(
    string StoreId,
    long Epoch,
    LogPosition Tail,
    long All,
    TimeSpan Retention,
    RevocationReason AllReason,
    int? Partitions)
{
    public const string Version = "1";

    /// <summary>What to ask for, in the order that <see cref="Read"/> expects.</summary>
    public static readonly RedisValue[] Fields = ["v", "id", "e", "t", "a", "r", "ar", "n"];

    /// <returns>Null when there is none: the store was lost, or never born.</returns>
    public static LogState? Read(RedisValue[] values)
    {
        if (values[1].IsNull)
        {
            return null;
        }

        return (string)values[0] == Version
            ? new LogState(
                (string)values[1],
                (long)values[2],
                Positions.Parse((string)values[3]),
                (long)values[4],
                TimeSpan.FromMilliseconds((long)values[5]),
                values[6].IsNull ? RevocationReason.StoreBirth : (RevocationReason)(long)values[6],
                values[7].IsNull ? null : (int)values[7])
            : throw new FormatException($"The state of a log has version {(string)values[0]}; this program knows {Version}.");
    }
}
