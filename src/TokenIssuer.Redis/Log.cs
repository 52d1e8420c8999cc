using System.Net;
using Microsoft.Extensions.Logging;

namespace TokenIssuer.Redis;

/// <summary>Every log event of the Redis store, ids 5000 to 5999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "Connected to Redis {Version} at {Endpoints}.", EventName = "RedisConnected")]
    public static partial void RedisConnected(this ILogger logger, string version, string endpoints);

    [LoggerMessage(5002, LogLevel.Warning, "Redis at {Endpoints} does not answer: {Reason}. Trying again every second; until then refreshes and logins get 503.", EventName = "RedisUnreachable")]
    public static partial void RedisUnreachable(this ILogger logger, string endpoints, string reason);

    [LoggerMessage(5003, LogLevel.Error, "This Redis can't be used: {Reason}", EventName = "RedisUnsuitable")]
    public static partial void RedisUnsuitable(this ILogger logger, string reason);

    [LoggerMessage(5004, LogLevel.Warning, "The connection to Redis has been silent for {Silence}; it is replaced.", EventName = "RedisSilent")]
    public static partial void RedisSilent(this ILogger logger, TimeSpan silence);

    [LoggerMessage(5005, LogLevel.Error, "The step {Script} was refused by Redis: {Reason}", EventName = "StepRefused")]
    public static partial void StepRefused(this ILogger logger, string script, string reason);

    [LoggerMessage(5006, LogLevel.Error, "The step {Script} found a record that this program can't read; nothing was changed.", EventName = "RecordUnreadable")]
    public static partial void RecordUnreadable(this ILogger logger, string script);

    [LoggerMessage(5007, LogLevel.Error, "The clock of this host and that of Redis are {Offset} apart; more than {Limit} is not served.", EventName = "ClocksApart")]
    public static partial void ClocksApart(this ILogger logger, TimeSpan offset, TimeSpan limit);

    [LoggerMessage(5008, LogLevel.Debug, "The step {Script} came too late for its deadline and did nothing.", EventName = "StepLate")]
    public static partial void StepLate(this ILogger logger, string script);

    [LoggerMessage(5009, LogLevel.Warning, "The sentinels name another master, {Endpoint}; the connection is replaced.", EventName = "MasterMoved")]
    public static partial void MasterMoved(this ILogger logger, EndPoint endpoint);

    [LoggerMessage(5012, LogLevel.Warning, "The Redis that is read is cut off: a replica from its master, or a master from its replicas. What it says counts as {Age} old, and older until that heals.", EventName = "SourceCutOff")]
    public static partial void SourceCutOff(this ILogger logger, TimeSpan age);

    [LoggerMessage(5010, LogLevel.Warning, "Store {Store} was born with {Partitions} partitions: everything older is dead.", EventName = "StoreBorn")]
    public static partial void StoreBorn(this ILogger logger, string store, int partitions);

    [LoggerMessage(5011, LogLevel.Error, "Partition {Partition} of store {Store} was lost. Every session ends.", EventName = "PartitionLost")]
    public static partial void PartitionLost(this ILogger logger, string store, int partition);

    [LoggerMessage(5020, LogLevel.Error, "What Redis holds of user {User} can't be read. Their revocations were given back to the global log alone; the user gets 503 until the key is mended or deleted.", EventName = "RecordUnasserted")]
    public static partial void RecordUnasserted(this ILogger logger, string? user);
}
