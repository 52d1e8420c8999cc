using System.Data;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace TokenIssuer.Server.Users;

/// <summary>
/// Creates and upgrades the tables: one SQL script for each version, applied in one transaction, so that of several cold
/// starts one does it and the others find it done. Each script ends by setting its version; one that has been released is never changed.
/// </summary>
internal sealed class DirectorySchema(DirectoryContext directory)
{
    /// <summary>The number of the newest script.</summary>
    public const int Version = 2;

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        CreateFile();
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

    /// <summary>Readable by nobody else from its first moment; SQLite gives the same mode to the files it puts beside it.</summary>
    private void CreateFile()
    {
        var path = Path.GetFullPath(new SqliteConnectionStringBuilder(directory.Database.GetConnectionString()).DataSource);
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }

    private async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        // Readers and the writer of several processes don't block each other; kept in the file, and not settable in a transaction.
        await directory.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        await using var transaction = await directory.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);
        var found = await ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        if (found > Version)
        {
            throw new InvalidOperationException(
                $"The user directory has schema version {found}, and this program knows only {Version}: start the newer program, or restore the older file.");
        }

        for (var version = found + 1; version <= Version; version++)
        {
            await directory.Database.ExecuteSqlRawAsync(ReadScript(version), cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<int> ReadVersionAsync(CancellationToken cancellationToken)
        => directory.Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version").SingleAsync(cancellationToken);

    private static string ReadScript(int version)
    {
        var name = $"directory-sqlite-{version}.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
