using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace TokenIssuer.Server.Users;

internal static class DirectoryTransaction
{
    /// <summary>Names our turn among the advisory locks of a PostgreSQL database; all issuers use the same.</summary>
    private const long Turn = 0x746F6B656E;

    /// <summary>
    /// Begins a transaction that has no other beside it that was begun so, in any process: cold starts and administrators
    /// take turns. On SQLite every transaction has the write lock from its first moment.
    /// </summary>
    public static async Task<IDbContextTransaction> BeginAloneAsync(this DirectoryContext directory, CancellationToken cancellationToken)
    {
        var transaction = await directory.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        if (directory.Database.IsSqlite())
        {
            return transaction;
        }

        try
        {
            await directory.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turn})", cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
