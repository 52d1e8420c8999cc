using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TokenIssuer.Identity.Outbox;

/// <summary>
/// Revokes what the directory has committed. Rows are deleted in a transaction that is open while their revocation is made:
/// of several who come for it one does it and the others wait, and whoever dies in between leaves them to the next.
/// Nobody revokes twice, which would end sessions that began after the first time.
/// </summary>
internal sealed class RevocationOutbox<TContext>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RevocationOutbox<TContext>> logger)
    : PendingRevocations
    where TContext : DbContext
{
    /// <summary>Transactions that somebody else commits take less.</summary>
    private static readonly TimeSpan s_longestTransaction = TimeSpan.FromMinutes(2);

    private long _expectedAt;

    /// <summary>Whether rows were written lately by somebody who does not wait for their revocation.</summary>
    public bool IsExpected => Volatile.Read(ref _expectedAt) is not 0 and var at && clock.GetElapsedTime(at) < s_longestTransaction;

    public void Expect() => Volatile.Write(ref _expectedAt, clock.GetTimestamp());

    /// <summary>When it returns, whatever was committed before the call is revoked.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => DrainAsync(rows => rows, cancellationToken);

    public override Task DrainAsync(string userId, CancellationToken cancellationToken)
        => DrainAsync(rows => rows.Where(row => row.User == userId), cancellationToken);

    public override async Task<bool> TryDrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DrainAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever broke, the rows stay and are tried again.
            Expect();
            logger.OutboxUndelivered(failure);
            return false;
        }
    }

    /// <summary>One after the other, whatever becomes of the one before: the partition of one user may be silent, and the others have theirs revoked.</summary>
    private async Task DrainAsync(Func<IQueryable<OutboxRow>, IQueryable<OutboxRow>> choose, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<TContext>();
        var rows = await choose(directory.Set<OutboxRow>().AsNoTracking()).OrderBy(row => row.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        var failures = new List<Exception>();
        foreach (var sameTarget in rows.GroupBy(row => row.Target))
        {
            try
            {
                // Of a host's own strategy to try again: it does not let a transaction be begun outside of it.
                await directory.Database.CreateExecutionStrategy().ExecuteAsync(
                    token => RevokeAsync(scope.ServiceProvider, directory, [.. sameTarget], token), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new TokenStoreUnavailableException(
                $"The directory has changed, and {failures.Count} of its revocations could not be made yet.", failures[0]);
        }
    }

    /// <summary>One revocation for all of them: a change in several steps leaves a row with each.</summary>
    private async Task RevokeAsync(IServiceProvider services, TContext directory, IReadOnlyList<OutboxRow> rows, CancellationToken cancellationToken)
    {
        var first = rows[0];
        var ids = rows.Select(row => row.Id).ToList();
        await using var transaction = await directory.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var taken = await directory.Set<OutboxRow>().Where(found => ids.Contains(found.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        if (taken > 0)
        {
            await services.GetRequiredService<TokenAuthority>().RevokeAsync(first.Target, first.Reason, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            logger.OutboxDelivered(first.User, first.Reason);
        }
    }
}
