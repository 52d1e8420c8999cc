using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace TokenIssuer.Server.Users;

/// <summary>
/// Creates and upgrades the tables: one SQL script for each version and database, applied in one transaction, so that of
/// several cold starts one does it and the others find it done. Each script ends by setting its version; one that has been
/// released is never changed.
/// </summary>
internal sealed class DirectorySchema(DirectoryContext directory)
{
    /// <summary>The number of the newest script.</summary>
    public const int Version = 3;

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (directory.Database.IsSqlite())
        {
            DirectoryFile.Create(directory.Database.GetConnectionString());
        }

        await directory.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await ReadVersionAsync(cancellationToken).ConfigureAwait(false) != Version)
            {
                await UpgradeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await directory.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        if (directory.Database.IsSqlite())
        {
            // Readers and the writer of several processes don't block each other; kept in the file, and not settable in a transaction.
            await directory.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        }

        await using var transaction = await directory.BeginAloneAsync(cancellationToken).ConfigureAwait(false);
        var found = await ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        if (found > Version)
        {
            throw new InvalidOperationException(
                $"The user directory has schema version {found}, and this program knows only {Version}: start the newer program, or restore the older directory.");
        }

        for (var version = found + 1; version <= Version; version++)
        {
            await directory.Database.ExecuteSqlRawAsync(ReadScript(version), cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> ReadVersionAsync(CancellationToken cancellationToken)
    {
        if (directory.Database.IsSqlite())
        {
            return await directory.Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version")
                .SingleAsync(cancellationToken).ConfigureAwait(false);
        }

        // Not to_regclass: it would answer from the session's cache, which waiting for a turn does not refresh.
        var isThere = await directory.Database
            .SqlQueryRaw<bool>("SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'SchemaVersion') AS \"Value\"")
            .SingleAsync(cancellationToken).ConfigureAwait(false);
        return isThere
            ? await directory.Database.SqlQueryRaw<int>("SELECT \"Version\" AS \"Value\" FROM \"SchemaVersion\"").SingleAsync(cancellationToken).ConfigureAwait(false)
            : 0;
    }

    private string ReadScript(int version)
    {
        var name = $"directory-{(directory.Database.IsSqlite() ? "sqlite" : "postgres")}-{version}.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
