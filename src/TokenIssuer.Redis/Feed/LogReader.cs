using StackExchange.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Feed;

/// <summary>What one log holds after a position.</summary>
/// <param name="State">Read before the entries, so they reach at least to its tail.</param>
/// <param name="Entries">In their order.</param>
/// <param name="End">Where to read on.</param>
/// <param name="HasHole">The log does not continue where the reader had stopped: it has lost something.</param>
internal sealed record LogSlice(LogState State, List<LogEntry> Entries, LogPosition End, bool HasHole)
{
    /// <summary>Whether the log is another than the one that was read up to a position: what it lacks has not merely expired.</summary>
    /// <remarks>
    /// What was trimmed stood at its head, so the entry in front of the first that is left lies behind what was read; of a log
    /// that was rolled back and written on it lies before. With nothing left the tail, which is a time, tells what may have expired.
    /// </remarks>
    public bool HasLost(LogPosition seen, DateTimeOffset now) => HasHole && (State.Tail < seen || Entries switch
    {
        [var first, ..] => first.Predecessor <= seen,
        [] => now.ToUnixTimeMilliseconds() - State.Tail.Major <= (long)State.Retention.TotalMilliseconds,
    });
}

/// <summary>Reads the log with read-only commands alone.</summary>
internal sealed class LogReader(RedisCalls calls)
{
    private const int ChunkLength = 1000;

    /// <summary>In how many partitions the store lies; null while there is none.</summary>
    public async Task<int?> ReadPartitionsAsync(string keyPrefix, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var partitions = await calls.AskAsync(
            "HGET", deadline, database => database.HashGetAsync(RedisKeys.GlobalState(keyPrefix), "n"), cancellationToken).ConfigureAwait(false);
        return partitions.IsNull ? null : (int)partitions;
    }

    /// <summary>The highest generation that a partition has given out.</summary>
    public async Task<long> ReadHighestAsync(RedisKeys keys, int log, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var highest = await calls.AskAsync("HGET", deadline, database => database.HashGetAsync(keys.State(log), "h"), cancellationToken).ConfigureAwait(false);
        return highest.IsNull ? 0 : (long)highest;
    }

    /// <summary>The fingerprint of the refresh key that seals.</summary>
    public async Task<string?> ReadSealKeyAsync(RedisKeys keys, TimeSpan deadline, CancellationToken cancellationToken)
        => await calls.AskAsync("HGET", deadline, database => database.HashGetAsync(keys.State(keys.Global), "k"), cancellationToken).ConfigureAwait(false);

    /// <returns>Null when the log was never born, or was lost altogether.</returns>
    public async Task<LogSlice?> ReadAsync(RedisKeys keys, int log, LogPosition after, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var stateRead = calls.AskAsync("HMGET", deadline, database => database.HashGetAsync(keys.State(log), LogState.Fields), cancellationToken);
        var chunkRead = ReadChunkAsync(keys, log, after, deadline, cancellationToken);
        await Task.WhenAll(stateRead, chunkRead).ConfigureAwait(false);
        var fields = await stateRead.ConfigureAwait(false);
        if (calls.Unpack("HMGET", () => LogState.Read(fields)) is not { } state)
        {
            return null;
        }

        var entries = new List<LogEntry>();
        var end = after;
        var hasHole = state.Tail < after;
        for (var next = chunkRead; next is not null;)
        {
            var chunk = await next.ConfigureAwait(false);

            // Redis looks up the next chunk while this one is unpacked.
            next = chunk.Length < ChunkLength
                ? null
                : ReadChunkAsync(keys, log, Positions.Parse((string)((RedisResult[])chunk[^1])[0]), deadline, cancellationToken);
            foreach (var entry in calls.Unpack("XREAD", () => Unpack(log, chunk)))
            {
                // From the very start anything may be first: what stood before it has been trimmed.
                hasHole |= end != LogPosition.Start && entry.Predecessor != end;
                entries.Add(entry);
                end = entry.Position;
            }
        }

        hasHole |= after != LogPosition.Start && end < state.Tail;
        return new LogSlice(state, entries, end > state.Tail ? end : state.Tail, hasHole);
    }

    private async Task<RedisResult[]> ReadChunkAsync(
        RedisKeys keys, int log, LogPosition after, TimeSpan deadline, CancellationToken cancellationToken)
    {
        object[] arguments = ["COUNT", ChunkLength, "STREAMS", keys.Stream(log), Positions.Format(after)];
        var reply = await calls.AskAsync("XREAD", deadline, database => database.ExecuteAsync("XREAD", arguments), cancellationToken).ConfigureAwait(false);
        if (reply.IsNull)
        {
            return [];
        }

        return (RedisResult[])((RedisResult[])((RedisResult[])reply)[0])[1];
    }

    private static LogEntry[] Unpack(int log, RedisResult[] chunk)
    {
        var entries = new LogEntry[chunk.Length];
        for (var i = 0; i < chunk.Length; i++)
        {
            var pair = (RedisResult[])chunk[i];
            entries[i] = LogEntry.Unpack(log, (string)pair[0], (byte[])((RedisResult[])pair[1])[1]);
        }

        return entries;
    }
}
