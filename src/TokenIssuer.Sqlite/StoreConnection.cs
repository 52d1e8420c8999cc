using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TokenIssuer.Sqlite;

/// <summary>An open connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class StoreConnection : IDisposable
{
    // The lock is asked for every millisecond or two, for 1.5 s: longer, and the caller would have given up.
    private const int LockAttempts = 300;
    private const int LockAttemptMilliseconds = 5;

    // FULL: an acknowledged step survives a power cut.
    private const string Settings = "PRAGMA busy_timeout = 1500; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF";

    private readonly StoreFile _file;
    private readonly long _identity;
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _savepoint;
    private readonly Statement _release;
    private readonly Statement _rollbackTo;
    private readonly Statement _version;

    private StoreConnection(StoreFile file, long identity, SqliteConnection connection)
    {
        _file = file;
        _identity = identity;
        _connection = connection;
        _begin = new Statement(connection, "BEGIN");
        _commit = new Statement(connection, "COMMIT");
        _rollback = new Statement(connection, "ROLLBACK");
        _savepoint = new Statement(connection, "SAVEPOINT verb");
        _release = new Statement(connection, "RELEASE verb");
        _rollbackTo = new Statement(connection, "ROLLBACK TO verb; RELEASE verb");
        _version = new Statement(connection, "PRAGMA data_version");
        Store = new StoreTable(connection);
        Users = new UserTable(connection);
        Families = new FamilyTable(connection);
        ApiTokens = new ApiTokenTable(connection);
        Log = new LogTable(connection);
    }

    public StoreTable Store { get; }

    public UserTable Users { get; }

    public FamilyTable Families { get; }

    public ApiTokenTable ApiTokens { get; }

    public LogTable Log { get; }

    /// <summary>Whether the file at the path is still the one that was opened.</summary>
    public bool IsCurrent => _identity == _file.Identity;

    /// <exception cref="TokenStoreUnavailableException">The file can't be opened, or is no token store.</exception>
    public static StoreConnection Open(StoreFile file, TimeProvider clock, TimeSpan retention, out bool isBorn)
    {
        try
        {
            file.EnsureExists();

            // Read before opening: a file that takes its place in between is noticed at the next look, not never.
            var identity = file.Identity;
            var connection = file.Open();
            try
            {
                using (var settings = new Statement(connection, Settings))
                {
                    settings.Run();
                }

                isBorn = Schema.Ensure(connection, file.Path, clock.GetUtcNow(), retention);
                return new StoreConnection(file, identity, connection);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Unavailable(file, failure);
        }
    }

    public static TokenStoreUnavailableException Unavailable(StoreFile file, Exception failure)
    {
        return failure is SqliteException { SqliteErrorCode: raw.SQLITE_NOTADB }
            ? new TokenStoreUnavailableException($"{file.Path} is not a database: name another file, or restore this one.", failure)
            : new TokenStoreUnavailableException($"The token store {file.Path} can't be used: {failure.Message}", failure);
    }

    /// <summary>Starts to read one state of the store, whatever is written meanwhile.</summary>
    public void BeginRead() => _begin.Run();

    /// <summary>Waits until no other process writes, and keeps them all from writing.</summary>
    /// <remarks>
    /// SQLite's own waiting looks ever more rarely, up to every 100 ms, and starves beside a process that writes all the time.
    /// </remarks>
    public void BeginWrite()
    {
        var handle = _connection.Handle;
        raw.sqlite3_busy_timeout(handle, LockAttemptMilliseconds);
        var result = raw.SQLITE_BUSY;
        for (var attempt = 0; attempt < LockAttempts && result == raw.SQLITE_BUSY; attempt++)
        {
            result = raw.sqlite3_exec(handle, "BEGIN IMMEDIATE");
        }

        SqliteException.ThrowExceptionForRC(result, handle);
    }

    public void Commit() => _commit.Run();

    public void Rollback() => _rollback.Run();

    public void Save() => _savepoint.Run();

    public void Keep() => _release.Run();

    public void Undo() => _rollbackTo.Run();

    /// <summary>A number that changes when another connection has committed.</summary>
    public long ReadVersion() => _version.ReadNumber();

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _savepoint.Dispose();
        _release.Dispose();
        _rollbackTo.Dispose();
        _version.Dispose();
        Store.Dispose();
        Users.Dispose();
        Families.Dispose();
        ApiTokens.Dispose();
        Log.Dispose();
        _connection.Dispose();
    }
}
