using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TokenIssuer.Identity.Outbox;

/// <summary>
/// Notes with each change of a user what it makes invalid, in the same transaction, and revokes it as soon as that is
/// committed: <c>SaveChangesAsync</c>, or the commit of the transaction around it, returns when the tokens are dead.
/// </summary>
internal sealed class OutboxInterceptor<TContext, TKey>(IdentityChanges<TKey> changes, RevocationOutbox<TContext> outbox)
    : SaveChangesInterceptor, IDbTransactionInterceptor
    where TContext : DbContext
    where TKey : IEquatable<TKey>
{
    private readonly ConditionalWeakTable<DbContext, OpenTransaction> _open = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is TContext context)
        {
            Note(context, changes.Find(context, _open.GetOrCreateValue(context).Newborn));
        }

        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is TContext context)
        {
            var found = await changes.FindAsync(context, _open.GetOrCreateValue(context).Newborn, cancellationToken).ConfigureAwait(false);
            Note(context, found);
        }

        return result;
    }

    // Nothing can wait here without blocking a thread: the next look at the outbox revokes it, within a second.
    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (eventData.Context is TContext context)
        {
            Expect(context);
            if (IsCommitted(context))
            {
                _open.Remove(context);
            }
        }

        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is TContext context)
        {
            if (IsCommitted(context))
            {
                await DrainAsync(context).ConfigureAwait(false);
            }
            else
            {
                // Whoever commits may not say so.
                Expect(context);
            }
        }

        return result;
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => EndSaving(eventData.Context);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        EndSaving(eventData.Context);
        return Task.CompletedTask;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Forget(eventData.Context);

    public async Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        // The transaction that one save makes for itself ends before the save does, and is none of ours.
        if (eventData.Context is TContext context && _open.TryGetValue(context, out var open) && !open.IsSaving)
        {
            await DrainAsync(context).ConfigureAwait(false);
        }
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Forget(eventData.Context);

    public Task TransactionRolledBackAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return Task.CompletedTask;
    }

    private void Note(TContext context, IReadOnlyCollection<OutboxRow> rows)
    {
        // What a save that failed has left behind was found again, or is no longer so.
        foreach (var left in context.ChangeTracker.Entries<OutboxRow>().Where(entry => entry.State == EntityState.Added).ToList())
        {
            left.State = EntityState.Detached;
        }

        var open = _open.GetOrCreateValue(context);
        open.IsSaving = true;
        open.Users.UnionWith(rows.Select(row => row.User));
        context.AddRange(rows);
    }

    private void EndSaving(DbContext? context)
    {
        if (context is not null && _open.TryGetValue(context, out var open))
        {
            open.IsSaving = false;
        }
    }

    /// <summary>Called when a save has ended well.</summary>
    private bool IsCommitted(TContext context)
    {
        EndSaving(context);
        return context.Database.CurrentTransaction is null && context.Database.GetEnlistedTransaction() is null && Transaction.Current is null;
    }

    private void Expect(TContext context)
    {
        if (_open.TryGetValue(context, out var open) && open.Users.Count > 0)
        {
            outbox.Expect();
        }
    }

    /// <exception cref="TokenStoreUnavailableException">The change is committed, and its revocation waits.</exception>
    private async Task DrainAsync(TContext context)
    {
        var users = _open.TryGetValue(context, out var open) ? open.Users : [];
        _open.Remove(context);
        if (users.Count > 0)
        {
            // The directory has changed: the tokens must follow, whether the caller waits or not.
            await outbox.DrainAsync(users, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void Forget(DbContext? context)
    {
        if (context is TContext known && _open.TryGetValue(known, out var open) && !open.IsSaving)
        {
            _open.Remove(known);
        }
    }

    /// <summary>What a context has written and not committed.</summary>
    private sealed class OpenTransaction
    {
        /// <summary>Users who came into being in it: nobody holds a token of theirs.</summary>
        public HashSet<string> Newborn { get; } = new(StringComparer.Ordinal);

        public bool IsSaving { get; set; }

        /// <summary>Who has rows.</summary>
        public HashSet<string> Users { get; } = new(StringComparer.Ordinal);
    }
}
