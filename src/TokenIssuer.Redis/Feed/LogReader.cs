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
internal sealed record LogSlice(LogState State, IReadOnlyList<LogEntry> Entries, LogPosition End, bool HasHole);

/// <summary>Reads the log with read-only commands alone.</summary>
internal sealed class LogReader(RedisCalls calls)
{
    private const int ChunkLength = 5000;

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
        if (LogState.Read(await stateRead.ConfigureAwait(false)) is not { } state)
        {
            return null;
        }

        var entries = new List<LogEntry>();
        var end = after;
        var hasHole = state.Tail < after;
        for (var chunk = await chunkRead.ConfigureAwait(false); ;)
        {
            foreach (var entry in chunk)
            {
                // From the very start anything may be first: what stood before it has been trimmed.
                hasHole |= end != LogPosition.Start && entry.Predecessor != end;
                entries.Add(entry);
                end = entry.Position;
            }

            if (chunk.Count < ChunkLength)
            {
                break;
            }

            chunk = await ReadChunkAsync(keys, log, end, deadline, cancellationToken).ConfigureAwait(false);
        }

        hasHole |= after != LogPosition.Start && end < state.Tail;
        return new LogSlice(state, entries, end > state.Tail ? end : state.Tail, hasHole);
    }

    private async Task<List<LogEntry>> ReadChunkAsync(
        RedisKeys keys, int log, LogPosition after, TimeSpan deadline, CancellationToken cancellationToken)
    {
        object[] arguments = ["COUNT", ChunkLength, "STREAMS", keys.Stream(log), Positions.Format(after)];
        var reply = await calls.AskAsync("XREAD", deadline, database => database.ExecuteAsync("XREAD", arguments), cancellationToken).ConfigureAwait(false);
        if (reply.IsNull)
        {
            return [];
        }

        var stream = (RedisResult[])((RedisResult[])reply)[0];
        var items = (RedisResult[])stream[1];
        var entries = new List<LogEntry>(items.Length);
        foreach (var item in items)
        {
            var pair = (RedisResult[])item;
            var fields = (RedisResult[])pair[1];
            entries.Add(LogEntry.Unpack(log, (string)pair[0], (byte[])fields[1]));
        }

        return entries;
    }
}
