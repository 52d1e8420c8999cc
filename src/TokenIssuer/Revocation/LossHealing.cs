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
    IAuditTrail audit,
    ILogger<LossHealing> logger)
{
    private static readonly TimeSpan s_newborn = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_birthMargin = TimeSpan.FromMinutes(10);

    private bool _isHealing;

    /// <summary>While it is true refreshes are answered with 503: the store may hold dead families as living ones.</summary>
    public bool IsHealing => Volatile.Read(ref _isHealing);

    /// <summary>Heals when <paramref name="page"/> shows a loss.</summary>
    /// <returns>False when there was none, and the page is to be merged as usual.</returns>
    public async Task<bool> HealAsync(RevocationPage page, CancellationToken cancellationToken)
    {
        if (denylist.Cursor is not { } seen)
        {
            return await StartAsync(page, cancellationToken).ConfigureAwait(false);
        }

        if (seen.IsWithin(page.Cursor) && !IsHealing)
        {
            await witness.NoteAsync(page.Cursor, cancellationToken).ConfigureAwait(false);
            return false;
        }

        Volatile.Write(ref _isHealing, true);
        logger.StoreLossSeen(seen.StoreId, seen.Epoch, page.Cursor.StoreId, page.Cursor.Epoch);
        var whole = await ReadSuccessorAsync(seen, cancellationToken).ConfigureAwait(false);
        denylist.Merge(whole.Entries, whole.Retention);
        await store.AppendAsync(denylist.Held(), cancellationToken).ConfigureAwait(false);
        var epoch = await AgreeOnEpochAsync(seen, page.Cursor, whole.Cursor, cancellationToken).ConfigureAwait(false);
        var healed = whole with { Cursor = whole.Cursor with { Epoch = epoch } };
        denylist.Merge(healed);
        await witness.NoteAsync(healed.Cursor, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isHealing, false);
        logger.StoreLossHealed(healed.Cursor.StoreId, epoch);
        await AuditAsync("healed", cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// The whole log. Another store was born above every generation of the lost one, unless that had been raised far ahead of
    /// its time shortly before: then it is made so, because the tokens of a lost store are dead.
    /// </summary>
    private async Task<RevocationPage> ReadSuccessorAsync(LogCursor seen, CancellationToken cancellationToken)
    {
        var whole = await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
        if (seen.StoreId == whole.Cursor.StoreId
            || (whole.Entries.OfType<RevocationEntry.All>().LastOrDefault() is { } born && born.MinGeneration > denylist.HighestGeneration))
        {
            return whole;
        }

        await store.DisownAsync(whole.Cursor.Epoch, denylist.HighestGeneration, cancellationToken).ConfigureAwait(false);
        return await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
    }

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

    /// <summary>At start nothing is remembered but the witness: a store behind it starts by killing everything.</summary>
    private async Task<bool> StartAsync(RevocationPage page, CancellationToken cancellationToken)
    {
        if (witness.Read() is { } seen)
        {
            if (seen.StoreId != page.Cursor.StoreId)
            {
                logger.OtherStoreThanWitnessed(seen.StoreId, page.Cursor.StoreId);
            }
            else if (!page.Cursor.HasReached(seen))
            {
                logger.StoreBehindWitness(page.Cursor.StoreId);
                await store.DisownAsync(page.Cursor.Epoch, denylist.HighestGeneration, cancellationToken).ConfigureAwait(false);
                page = await feed.ReadAsync(null, null, cancellationToken).ConfigureAwait(false);
                await AuditAsync("behind its witness: everything revoked", cancellationToken).ConfigureAwait(false);
            }
        }
        else if (!IsNewborn(page))
        {
            logger.NoWitness(page.Cursor.StoreId);
        }

        denylist.Merge(page);
        await witness.NoteAsync(page.Cursor, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>A store is born with an <c>all</c> of its own time and a margin, and a snapshot gives <c>all</c> a full life from now on.</summary>
    private static bool IsNewborn(RevocationPage page)
        => page.Entries.OfType<RevocationEntry.All>().LastOrDefault() is { Reason: RevocationReason.StoreBirth } all
            && (all.Until - page.Retention).ToUnixTimeMilliseconds() - all.MinGeneration < (s_newborn - s_birthMargin).TotalMilliseconds;

    private Task AuditAsync(string reason, CancellationToken cancellationToken)
        => audit.WriteAsync(new AuditEvent(AuditEventType.StoreLoss, User: null, Session: null, Reason: reason), cancellationToken);
}
