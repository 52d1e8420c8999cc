using Microsoft.Data.Sqlite;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>Reads and writes the record of the store.</summary>
internal sealed class StoreTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _read = new(connection, """
        SELECT store_id, epoch, tail, pruned, all_generation, all_reason, all_position, retention, latest, seal_key FROM store WHERE only = 1
        """);

    private readonly Statement _insert = new(connection, """
        INSERT INTO store (only, store_id, epoch, tail, pruned, all_generation, all_reason, all_position, retention, latest, seal_key)
        VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """, 10);

    private readonly Statement _update = new(connection, """
        UPDATE store SET epoch = ?1, tail = ?2, pruned = ?3, all_generation = ?4, all_reason = ?5, all_position = ?6, retention = ?7, latest = ?8,
            seal_key = ?9
        WHERE only = 1
        """, 9);

    public StoreRecord Read()
    {
        using var reader = _read.Read();
        return reader.Read()
            ? new StoreRecord(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                (RevocationReason)reader.GetInt32(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.ReadText(9))
            : throw new TokenStoreUnavailableException("The token store has no record of itself: it was tampered with.");
    }

    public void Insert(StoreRecord store) => _insert.Run(
        store.StoreId, store.Epoch, store.Tail, store.Pruned, store.AllGeneration, (long)store.AllReason, store.AllPosition, store.Retention, store.Latest, store.SealKey);

    public void Update(StoreRecord store) => _update.Run(
        store.Epoch, store.Tail, store.Pruned, store.AllGeneration, (long)store.AllReason, store.AllPosition, store.Retention, store.Latest, store.SealKey);

    public void Dispose()
    {
        _read.Dispose();
        _insert.Dispose();
        _update.Dispose();
    }
}
