using System.Security.Cryptography;
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

    /// <summary>While the token store is silent each costs its deadline, and a transaction of the directory.</summary>
    private const int MostFailures = 10;

    private long _expectedAt;

    /// <summary>Whether rows were written lately by somebody who does not wait for their revocation.</summary>
    public bool IsExpected => Volatile.Read(ref _expectedAt) is not 0 and var at && clock.GetElapsedTime(at) < s_longestTransaction;

    public void Expect() => Volatile.Write(ref _expectedAt, clock.GetTimestamp());

    public override async Task DrainAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        if (await DrainAsync(rows => rows.Where(row => userIds.Contains(row.User)), cancellationToken).ConfigureAwait(false) is { } failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Expect();
            throw new TokenStoreUnavailableException("The directory has changed; what that makes invalid is revoked as soon as it can be.", failure);
        }
    }

    /// <summary>Tries everything that is there.</summary>
    /// <returns>False when something is left.</returns>
    public async Task<bool> TryDrainAsync(CancellationToken cancellationToken)
    {
        var failure = await DrainAsync(rows => rows, cancellationToken).ConfigureAwait(false);
        if (failure is not null && !cancellationToken.IsCancellationRequested)
        {
            Expect();
            logger.OutboxUndelivered(failure);
        }

        return failure is null;
    }

    /// <returns>What went wrong last; null when nothing is left.</returns>
    private async Task<Exception?> DrainAsync(Func<IQueryable<OutboxRow>, IQueryable<OutboxRow>> choose, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var directory = scope.ServiceProvider.GetRequiredService<TContext>();
            var rows = await choose(directory.Set<OutboxRow>().AsNoTracking()).OrderBy(row => row.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
            var targets = rows.GroupBy(row => row.Target).ToArray();

            // In another order each time: one that can't be delivered must not always stand in front of the others.
            RandomNumberGenerator.Shuffle(targets.AsSpan());
            Exception? last = null;
            var failures = 0;
            for (var i = 0; i < targets.Length && failures < MostFailures; i++)
            {
                var failure = await TryRevokeAsync(scope.ServiceProvider, directory, [.. targets[i]], cancellationToken).ConfigureAwait(false);
                failures += failure is null ? 0 : 1;
                last = failure ?? last;
            }

            return last;
        }
        catch (Exception failure)
        {
            // Whatever broke, the rows stay.
            return failure;
        }
    }

    private async Task<Exception?> TryRevokeAsync(
        IServiceProvider services, TContext directory, IReadOnlyList<OutboxRow> rows, CancellationToken cancellationToken)
    {
        try
        {
            // Of a host's own strategy to try again: it does not let a transaction be begun outside of it.
            await directory.Database.CreateExecutionStrategy().ExecuteAsync(
                token => RevokeAsync(services, directory, rows, token), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return failure;
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
