using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>
/// The tables and their version. Times are milliseconds since 1970. Only hashes of secrets are ever stored.
/// </summary>
internal static class Schema
{
    public const int Version = 4;

    /// <summary>How far <c>all</c> is raised above the time, and after a loss above everything known, so that it is also above what only others know.</summary>
    public const long AllMargin = 600_000;

    /// <summary>How far a plain kill raises <c>all</c> above everything known.</summary>
    public const long AllStep = 1_000;

    /// <summary>"TKIS": tells a token store from any other database.</summary>
    private const int ApplicationId = 0x544B4953;

    private const string Tables = """
        CREATE TABLE store (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            store_id TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            tail INTEGER NOT NULL,          -- the last position of the log ever given
            pruned INTEGER NOT NULL,        -- the last position that is no longer in the log
            all_generation INTEGER NOT NULL,
            all_reason INTEGER NOT NULL,
            all_position INTEGER NOT NULL,
            retention INTEGER NOT NULL,     -- the largest ever configured
            latest INTEGER NOT NULL,        -- the latest time of any step, to the minute
            seal_key TEXT                   -- the fingerprint of the refresh key that seals
        ) STRICT;

        CREATE TABLE users (
            user_key BLOB PRIMARY KEY,
            subject TEXT NOT NULL,
            generation INTEGER NOT NULL,
            floor INTEGER NOT NULL,
            api_floor INTEGER NOT NULL,
            until INTEGER NOT NULL          -- nothing of the user outlives this
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX users_by_until ON users (until);
        CREATE INDEX users_by_generation ON users (generation);

        CREATE TABLE families (
            user_key BLOB NOT NULL,
            family_id BLOB NOT NULL,
            client_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            amr TEXT NOT NULL,
            transport INTEGER NOT NULL,     -- 0 = as a cookie, 1 = in the body
            binding TEXT,
            device TEXT,
            agent TEXT,
            address TEXT,
            birth INTEGER NOT NULL,
            secret_hash BLOB NOT NULL,
            generation INTEGER NOT NULL,
            seal_key INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            rotated_at INTEGER NOT NULL,
            idle_end INTEGER NOT NULL,
            absolute_end INTEGER NOT NULL,
            idempotency_hash INTEGER NOT NULL,
            agent_hash INTEGER NOT NULL,
            PRIMARY KEY (user_key, family_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE api_tokens (
            user_key BLOB NOT NULL,
            token_id BLOB NOT NULL,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            birth INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            last_used_at INTEGER,
            PRIMARY KEY (user_key, token_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE log (
            position INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            target BLOB NOT NULL,
            subject TEXT,
            generation INTEGER NOT NULL,
            floor INTEGER NOT NULL,
            api_floor INTEGER NOT NULL,
            reason INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX log_by_target ON log (kind, target);
        CREATE INDEX log_by_until ON log (until);
        """;

    /// <summary>
    /// How a session was delivered was not written before version 3. Those of the built-in client count as cookies, which can
    /// only withhold a token from a script that had one; no other client ever had a cookie.
    /// </summary>
    private const string FromVersion2 = """
        ALTER TABLE families ADD COLUMN transport INTEGER NOT NULL DEFAULT 0;
        UPDATE families SET transport = 1 WHERE client_id <> 'spa';
        PRAGMA user_version = 3;
        """;

    /// <summary>The latest time of a step was not written before version 4. It is, with the next one.</summary>
    private const string FromVersion3 = """
        ALTER TABLE store ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;
        PRAGMA user_version = 4;
        """;

    /// <summary>Brings a freshly opened file to the one form that is worked with: creates, brings up to date, or refuses.</summary>
    /// <returns>Whether the store was born just now.</returns>
    /// <exception cref="TokenStoreUnavailableException">The file is no token store, or one of a newer version.</exception>
    public static bool Ensure(SqliteConnection connection, string path, DateTimeOffset now, TimeSpan retention)
    {
        if (ReadText(connection, "PRAGMA journal_mode") != "wal" && ReadText(connection, "PRAGMA journal_mode = WAL") != "wal")
        {
            throw new TokenStoreUnavailableException($"The token store {path} can't be switched to write-ahead logging: put it on a local disk.");
        }

        var isBorn = !IsReady(connection, path) && Create(connection, path, now, retention);
        using var largest = new Statement(connection, "UPDATE store SET retention = ?1 WHERE retention < ?1", 1);
        using var smaller = new Statement(connection, "SELECT count(*) FROM store WHERE retention < ?1", 1);
        var milliseconds = (long)retention.TotalMilliseconds;
        if (smaller.ReadNumber(milliseconds) > 0)
        {
            largest.Run(milliseconds);
        }

        return isBorn;
    }

    private static bool IsReady(SqliteConnection connection, string path)
    {
        var (application, version, tables) = Look(connection);
        if (application == 0 && (version, tables) != (0, 0))
        {
            // Another process may have created the store between the parts of the look.
            (application, version, tables) = Look(connection);
        }

        if (application == ApplicationId)
        {
            return version switch
            {
                Version => true,
                2 or 3 => BringUpToDate(connection),
                _ => throw new TokenStoreUnavailableException($"The token store {path} has schema version {version}, and this issuer knows version {Version}: run the version that wrote it, or name another file."),
            };
        }

        return application == 0 && version == 0 && tables == 0
            ? false
            : throw new TokenStoreUnavailableException($"{path} is a database, but no token store: name another file.");
    }

    /// <summary>In this order: who sees the mark sees the version that was written with it.</summary>
    private static (long Application, long Version, long Tables) Look(SqliteConnection connection) => (
        ReadNumber(connection, "PRAGMA application_id"),
        ReadNumber(connection, "PRAGMA user_version"),
        ReadNumber(connection, "SELECT count(*) FROM sqlite_schema"));

    /// <summary>Of many processes that start at once, one changes the file, and the others find it changed.</summary>
    private static bool BringUpToDate(SqliteConnection connection)
    {
        Run(connection, "BEGIN IMMEDIATE");
        if (ReadNumber(connection, "PRAGMA user_version") == 2)
        {
            Run(connection, FromVersion2);
        }

        if (ReadNumber(connection, "PRAGMA user_version") == 3)
        {
            Run(connection, FromVersion3);
        }

        Run(connection, "COMMIT");
        return true;
    }

    private static bool Create(SqliteConnection connection, string path, DateTimeOffset now, TimeSpan retention)
    {
        Run(connection, "BEGIN IMMEDIATE");
        if (IsReady(connection, path))
        {
            Run(connection, "ROLLBACK");
            return false;
        }

        Run(connection, Tables);
        Run(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
        GiveBirth(connection, now, retention);
        Run(connection, "COMMIT");
        return true;
    }

    /// <summary>A store starts by killing everything older than itself: tokens of a lost store are dead, and generations never restart lower.</summary>
    private static void GiveBirth(SqliteConnection connection, DateTimeOffset now, TimeSpan retention)
    {
        var storeId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var born = new RevocationEntry.All(now.ToUnixTimeMilliseconds() + AllMargin, RevocationReason.StoreBirth, now + retention);
        using var log = new LogTable(connection);
        using var store = new StoreTable(connection);
        store.Insert(new StoreRecord(
            storeId, Epoch: 1, Tail: 1, Pruned: 0, born.MinGeneration, born.Reason, AllPosition: 1,
            (long)retention.TotalMilliseconds, now.ToUnixTimeMilliseconds(), SealKey: null));
        log.Insert(1, born);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Run();
    }

    private static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.ReadNumber();
    }

    private static string ReadText(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        using var reader = statement.Read();
        return reader.Read() ? reader.GetString(0) : string.Empty;
    }
}
