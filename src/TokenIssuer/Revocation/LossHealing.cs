using Microsoft.Extensions.Logging;
using TokenIssuer.Audit;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>
/// Notices that the store is not the one this issuer has seen, and gives back to it what it lost. Other issuers may do the
/// same at the same time: everything here merges by maximum.
/// </summary>
internal sealed class LossHealing(
    ITokenFamilyStore store,
    IRevocationFeed feed,
    Denylist denylist,
    StoreWitness witness,
    AuditLog audit,
    ILogger<LossHealing> logger)
{
    private static readonly TimeSpan s_newborn = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_birthMargin = TimeSpan.FromMinutes(10);

    private bool _isHealing;

    /// <summary>The highest generation of the store that was lost, or witnessed before this issuer started.</summary>
    private long _highestBefore;

    /// <summary>While it is true refreshes are answered with 503: the store may hold dead families as living ones.</summary>
    public bool IsHealing => Volatile.Read(ref _isHealing);

    private long HighestGeneration => Math.Max(denylist.HighestGeneration, _highestBefore);

    /// <summary>Merges a page of the followed log; heals first when it shows a loss.</summary>
    public async Task MergeAsync(RevocationPage page, CancellationToken cancellationToken)
    {
        if (denylist.Cursor is not { } seen)
        {
            page = await StartAsync(page, cancellationToken).ConfigureAwait(false);
        }
        else if (!seen.IsWithin(page.Cursor) || IsHealing)
        {
            await HealAsync(seen, page, cancellationToken).ConfigureAwait(false);
            return;
        }

        denylist.Merge(page);
        await NoteAsync(page.Cursor, cancellationToken).ConfigureAwait(false);
    }

    private async Task HealAsync(LogCursor seen, RevocationPage page, CancellationToken cancellationToken)
    {
        // What is merged of another store while it is healed must not count as what the lost one had given out.
        _highestBefore = IsHealing ? _highestBefore : HighestGeneration;
        Volatile.Write(ref _isHealing, true);
        logger.StoreLossSeen(seen.StoreId, seen.Epoch, page.Cursor.StoreId, page.Cursor.Epoch);
        var whole = await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
        if (seen.StoreId != whole.Cursor.StoreId)
        {
            whole = await RaiseAboveAsync(whole, cancellationToken).ConfigureAwait(false);
        }

        denylist.Merge(whole.Entries, whole.Retention);
        await store.AppendAsync(MissingFrom(whole, seen), cancellationToken).ConfigureAwait(false);
        var epoch = await AgreeOnEpochAsync(seen, page.Cursor, whole.Cursor, cancellationToken).ConfigureAwait(false);
        var healed = whole with { Cursor = whole.Cursor with { Epoch = epoch } };
        denylist.Merge(healed);
        await NoteAsync(healed.Cursor, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isHealing, false);
        logger.StoreLossHealed(healed.Cursor.StoreId, epoch);
        await AuditAsync("healed").ConfigureAwait(false);
    }

    /// <summary>
    /// Another store was born above every generation of the lost one, unless that had been raised far ahead of its time
    /// shortly before: then it is made so, because the tokens of a lost store are dead.
    /// </summary>
    /// <returns>The whole log of the store, whose <c>all</c> is above.</returns>
    private async Task<RevocationPage> RaiseAboveAsync(RevocationPage page, CancellationToken cancellationToken)
    {
        while (page.Entries.OfType<RevocationEntry.All>().LastOrDefault() is not { } all || all.MinGeneration <= _highestBefore)
        {
            await store.DisownAsync(page.Cursor.Epoch, HighestGeneration, cancellationToken).ConfigureAwait(false);
            page = await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
        }

        return page;
    }

    /// <summary>
    /// What has to be given back. A store that took the place of another is above everything that the lost one gave out: each
    /// family, user and token listed is dead by that, and only a key, which may sign for the new one as well, has to be named.
    /// </summary>
    private IReadOnlyList<RevocationEntry> MissingFrom(RevocationPage whole, LogCursor seen)
        => seen.StoreId == whole.Cursor.StoreId
            ? denylist.Held()
            : [.. denylist.Held().Where(entry => entry is RevocationEntry.Key or RevocationEntry.All)];

    /// <summary>
    /// A raised epoch tells everybody else that the log is not the one they have read. Where it is higher than the one seen,
    /// somebody has raised it already; and it must end up higher, or a log rolled back with its epoch would be taken for the one known.
    /// </summary>
    private async Task<long> AgreeOnEpochAsync(LogCursor seen, LogCursor lost, LogCursor read, CancellationToken cancellationToken)
    {
        if (seen.StoreId == lost.StoreId && seen.Epoch < lost.Epoch)
        {
            return read.Epoch;
        }

        var end = lost;
        do
        {
            end = await store.RaiseEpochAsync(end.Epoch, cancellationToken).ConfigureAwait(false);
        }
        while (end.StoreId == seen.StoreId && end.Epoch <= seen.Epoch);

        return end.Epoch;
    }

    /// <summary>At start nothing is remembered but the witness: a store behind it, or one that begins below it, starts by killing everything.</summary>
    /// <returns>What there is to merge.</returns>
    private async Task<RevocationPage> StartAsync(RevocationPage page, CancellationToken cancellationToken)
    {
        if (witness.Read() is not { } seen)
        {
            if (!IsNewborn(page))
            {
                logger.NoWitness(page.Cursor.StoreId);
            }

            return page;
        }

        _highestBefore = seen.HighestGeneration;
        if (seen.Cursor.StoreId != page.Cursor.StoreId)
        {
            logger.OtherStoreThanWitnessed(seen.Cursor.StoreId, page.Cursor.StoreId);
            var raised = await RaiseAboveAsync(page, cancellationToken).ConfigureAwait(false);
            if (!ReferenceEquals(raised, page))
            {
                await AuditAsync("another store than was witnessed, and below it: everything revoked").ConfigureAwait(false);
            }

            return raised;
        }

        if (page.Cursor.HasReached(seen.Cursor) && !await HasLostAsync(page.Cursor, seen.Cursor, cancellationToken).ConfigureAwait(false))
        {
            return page;
        }

        logger.StoreBehindWitness(page.Cursor.StoreId);
        await store.DisownAsync(page.Cursor.Epoch, HighestGeneration, cancellationToken).ConfigureAwait(false);
        page = await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
        page = await RaiseAboveAsync(page, cancellationToken).ConfigureAwait(false);
        await AuditAsync("behind its witness: everything revoked").ConfigureAwait(false);
        return page;
    }

    /// <summary>A log that was rolled back may have grown past its witness again, before anybody who remembers looked. Another epoch says that somebody did look.</summary>
    private async Task<bool> HasLostAsync(LogCursor found, LogCursor seen, CancellationToken cancellationToken)
        => found.Epoch == seen.Epoch && await store.HasLostAsync(seen, cancellationToken).ConfigureAwait(false);

    /// <summary>A store is born with an <c>all</c> of its own time and a margin, and a snapshot gives <c>all</c> a full life from now on.</summary>
    private static bool IsNewborn(RevocationPage page)
        => page.Entries.OfType<RevocationEntry.All>().LastOrDefault() is { Reason: RevocationReason.StoreBirth } all
            && (all.Until - page.Retention).ToUnixTimeMilliseconds() - all.MinGeneration < (s_newborn - s_birthMargin).TotalMilliseconds;

    private Task NoteAsync(LogCursor cursor, CancellationToken cancellationToken)
        => witness.NoteAsync(new Sighting(cursor, HighestGeneration), cancellationToken);

    private Task<bool> AuditAsync(string reason)
        => audit.WriteOrLogAsync(new AuditEvent(AuditEventType.StoreLoss, User: null, Session: null, Reason: reason));
}
