using TokenIssuer.Redis.Connections;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Feed;

/// <summary>A page, and where its reader goes on. The two cursors differ where the log has a hole, so that the hole is seen.</summary>
internal readonly record struct ReadPage(RevocationPage Page, LogCursor Next);

/// <summary>Reads pages that span the partitions and the global log, and says when they are not what was followed.</summary>
/// <param name="connection">To Redis.</param>
/// <param name="reader">Of one log.</param>
/// <param name="clock">Tells what a snapshot may leave out, and what may have expired.</param>
/// <param name="birth">An issuer's; null at a resource API, which can only wait until an issuer has repaired the store.</param>
internal sealed class LogPages(RedisConnection connection, LogReader reader, TimeProvider clock, StoreBirth? birth)
{
    private static readonly TimeSpan s_shortestDeadline = TimeSpan.FromSeconds(1);

    private RedisKeys? _keys;

    private TimeSpan Deadline => connection.Settings.Deadline > s_shortestDeadline ? connection.Settings.Deadline : s_shortestDeadline;

    /// <summary>Where the log lies.</summary>
    /// <exception cref="TokenStoreUnavailableException">There is no store yet.</exception>
    public async ValueTask<RedisKeys> FindKeysAsync(CancellationToken cancellationToken)
    {
        if (birth is not null)
        {
            await birth.EnsureOnceAsync(cancellationToken).ConfigureAwait(false);
            return birth.Keys;
        }

        if (_keys is null)
        {
            var prefix = connection.Settings.KeyPrefix;
            var partitions = await reader.ReadPartitionsAsync(prefix, Deadline, cancellationToken).ConfigureAwait(false)
                ?? throw new TokenStoreUnavailableException("Redis holds no token store yet: an issuer makes it.");
            _keys = new RedisKeys(prefix, partitions);
        }

        return _keys;
    }

    /// <summary>The highest generation that the store has given out to anyone.</summary>
    public async Task<long> ReadHighestAsync(CancellationToken cancellationToken)
    {
        var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
        var highest = await Task.WhenAll(Enumerable.Range(0, keys.Partitions)
            .Select(log => reader.ReadHighestAsync(keys, log, Deadline, cancellationToken))).ConfigureAwait(false);
        return highest.Max();
    }

    /// <summary>The fingerprint of the refresh key that seals; null before any issuer has looked.</summary>
    public async Task<string?> ReadSealKeyAsync(CancellationToken cancellationToken)
    {
        var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadSealKeyAsync(keys, Deadline, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything in force.</summary>
    public async Task<ReadPage> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        List<LogSlice>? slices;
        do
        {
            var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
            slices = await ReadWholeAsync(keys, _ => LogPosition.Start, cancellationToken).ConfigureAwait(false);
        }
        while (slices is null);

        var cursor = new LogCursor(slices[^1].State.StoreId, slices.Max(slice => slice.State.Epoch), [.. slices.Select(slice => slice.End)]);
        var retention = slices.Max(slice => slice.State.Retention);
        var now = clock.GetUtcNow();

        // In the order of the logs, not of time: a snapshot is merged by maximum.
        var inForce = new List<RevocationEntry>(slices.Sum(slice => slice.Entries.Count) + 1);
        foreach (var slice in slices)
        {
            foreach (var (entry, _, _) in slice.Entries)
            {
                if (entry is not RevocationEntry.All && entry.Until >= now)
                {
                    inForce.Add(entry);
                }
            }
        }

        inForce.Add(AllOf(slices, now + retention));
        return new ReadPage(new RevocationPage(inForce, cursor, TimeSpan.Zero, retention, IsSnapshot: true), cursor);
    }

    /// <summary>What came since a cursor; a snapshot when it can't be continued.</summary>
    public async Task<ReadPage> ReadWholeAsync(LogCursor after, CancellationToken cancellationToken)
    {
        var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
        if (after.Positions.Length != keys.Partitions + 1)
        {
            return await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        }

        var slices = await ReadWholeAsync(keys, log => after.Positions[log], cancellationToken).ConfigureAwait(false);
        if (slices is null)
        {
            return await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        }

        var isSameLog = slices[^1].State.StoreId == after.StoreId && slices.Max(slice => slice.State.Epoch) == after.Epoch;
        var holes = slices.Index().Where(slice => slice.Item.HasHole).Select(slice => slice.Index).ToList();
        if (isSameLog && holes.Count == 0)
        {
            var cursor = after with { Positions = [.. slices.Select(slice => slice.End)] };
            return new ReadPage(ToPage(slices, cursor, TimeSpan.Zero), cursor);
        }

        var (snapshot, next) = await ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        var torn = next.Positions.ToBuilder();
        holes.ForEach(log => torn[log] = LogPosition.Start);
        return new ReadPage(snapshot with { Cursor = next with { Positions = torn.ToImmutable() } }, next);
    }

    /// <summary>Whether a log has a hole at a cursor that expiry does not explain.</summary>
    public async Task<bool> HasLostAsync(LogCursor seen, CancellationToken cancellationToken)
    {
        var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
        if (seen.Positions.Length != keys.Partitions + 1)
        {
            return true;
        }

        var slices = await ReadWholeAsync(keys, log => seen.Positions[log], cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        return slices is null || slices.Index().Any(slice => slice.Item.HasLost(seen.Positions[slice.Index], now));
    }

    /// <summary>What came since a cursor in some logs; null when the cursor can't be continued there.</summary>
    public async Task<ReadPage?> TryReadAsync(
        LogCursor after, IReadOnlyList<int> logs, TimeSpan age, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var keys = await FindKeysAsync(cancellationToken).ConfigureAwait(false);
        if (after.Positions.Length != keys.Partitions + 1 || logs.Any(log => log > keys.Global))
        {
            return null;
        }

        var reads = await Task.WhenAll(logs.Select(log => reader.ReadAsync(keys, log, after.Positions[log], deadline, cancellationToken))).ConfigureAwait(false);
        var positions = after.Positions.ToBuilder();
        var slices = new List<LogSlice>(reads.Length);
        foreach (var (index, read) in reads.Index())
        {
            if (read is not { HasHole: false } slice || slice.State.StoreId != after.StoreId || slice.State.Epoch != after.Epoch)
            {
                return null;
            }

            positions[logs[index]] = slice.End;
            slices.Add(slice);
        }

        var cursor = after with { Positions = positions.ToImmutable() };
        return new ReadPage(ToPage(slices, cursor, age), cursor);
    }

    private static RevocationEntry.All AllOf(List<LogSlice> slices, DateTimeOffset until)
        => new(slices.Max(slice => slice.State.All), slices[^1].State.AllReason, until);

    /// <summary>In the order of their writing, as far as the clocks of the nodes agree.</summary>
    private static IEnumerable<RevocationEntry> InOrder(List<LogSlice> slices)
        => slices.SelectMany(slice => slice.Entries).OrderBy(entry => entry.Position).Select(entry => entry.Entry);

    private static RevocationPage ToPage(List<LogSlice> slices, LogCursor cursor, TimeSpan age) => new(
        [.. InOrder(slices)], cursor, age, slices.Max(slice => slice.State.Retention), IsSnapshot: false);

    /// <returns>Null when the store lies in another number of partitions than was read: now it is known in how many.</returns>
    private async Task<List<LogSlice>?> ReadWholeAsync(RedisKeys keys, Func<int, LogPosition> after, CancellationToken cancellationToken)
    {
        var (slices, partitions) = await TryReadWholeAsync(keys, after, cancellationToken).ConfigureAwait(false);
        if (slices is null && partitions is null && birth is not null)
        {
            await birth.EnsureAsync(cancellationToken).ConfigureAwait(false);
            (slices, partitions) = await TryReadWholeAsync(keys, after, cancellationToken).ConfigureAwait(false);
        }

        if (partitions is { } number)
        {
            birth?.ThrowUnlessFits(number);
            _keys = new RedisKeys(connection.Settings.KeyPrefix, number);
            return null;
        }

        if (slices is null)
        {
            throw new TokenStoreUnavailableException("Redis has lost its token store, or a part of it; an issuer repairs it.");
        }

        // An `all` or an epoch whose author died halfway: whoever sees it completes it.
        var (epoch, all) = (slices.Max(slice => slice.State.Epoch), slices.Max(slice => slice.State.All));
        if (birth is not null && slices.Any(slice => slice.State.Epoch < epoch || slice.State.All < all))
        {
            await birth.RaiseAsync(slices[^1].State.StoreId, all, epoch, cancellationToken).ConfigureAwait(false);
        }

        return slices;
    }

    /// <returns>
    /// Null when some log is missing or belongs to another store than the global one; and in how many partitions the store
    /// lies, when that is not what was read.
    /// </returns>
    private async Task<(List<LogSlice>? Slices, int? Partitions)> TryReadWholeAsync(RedisKeys keys, Func<int, LogPosition> after, CancellationToken cancellationToken)
    {
        var reads = await Task.WhenAll(Enumerable.Range(0, keys.Partitions + 1)
            .Select(log => reader.ReadAsync(keys, log, after(log), Deadline, cancellationToken))).ConfigureAwait(false);
        if (reads[^1]?.State.Partitions is { } partitions && partitions != keys.Partitions)
        {
            return (null, partitions);
        }

        var slices = reads.OfType<LogSlice>().ToList();
        return (slices.Count == reads.Length && slices.TrueForAll(slice => slice.State.StoreId == slices[^1].State.StoreId) ? slices : null, null);
    }
}
