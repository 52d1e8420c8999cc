using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>A store in a file of its own; its nodes are what several processes on one machine have.</summary>
internal sealed class SqliteUnderTest : StoreUnderTest
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteTokenFamilyStore> _open = [];

    public string Path => _folder.PathOf("nested/tokens.db");

    public string ConnectionString => $"Data Source={Path}";

    public override async Task<StoreNode> OpenAsync(TokenIssuerOptions options)
    {
        var store = Open(options);
        await store.CheckAsync(CancellationToken.None);
        return new StoreNode(store, store);
    }

    public SqliteTokenFamilyStore Open() => Open(new TokenIssuerOptions());

    /// <summary>The way of SQLite itself (<c>.backup</c>, <c>.restore</c>): from one living database into another.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        await using var source = new SqliteConnection($"Data Source={from};Pooling=false");
        await using var target = new SqliteConnection($"Data Source={to};Pooling=false");
        await source.OpenAsync(TestContext.Current.CancellationToken);
        await target.OpenAsync(TestContext.Current.CancellationToken);
        source.BackupDatabase(target);
    }

    public override async Task CopyAsync(TokenFamily family, IReadOnlyList<SessionId> copies)
    {
        await using var connection = new SqliteConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = connection.BeginTransaction();
        await using var pick = connection.CreateCommand();
        pick.CommandText = "CREATE TEMP TABLE one AS SELECT * FROM families WHERE user_key = $user AND family_id = $family";
        pick.Parameters.AddWithValue("$user", Identifier128.ToBytes(family.Session.User.Value));
        pick.Parameters.AddWithValue("$family", Identifier128.ToBytes(family.Session.Family.Value));
        await pick.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var insert = connection.CreateCommand();
        insert.CommandText = "UPDATE one SET family_id = $copy; INSERT INTO families SELECT * FROM one";
        var copied = insert.Parameters.Add("$copy", SqliteType.Blob);
        foreach (var copy in copies)
        {
            copied.Value = Identifier128.ToBytes(copy.Family.Value);
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Closes every node, as when the last process ends.</summary>
    public async Task CloseAsync()
    {
        foreach (var store in _open)
        {
            await store.DisposeAsync();
        }

        _open.Clear();
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private SqliteTokenFamilyStore Open(TokenIssuerOptions options)
    {
        var store = new SqliteTokenFamilyStore(
            new StoreFile(ConnectionString), Options.Create(options), Clock, NullLogger<SqliteTokenFamilyStore>.Instance);
        _open.Add(store);
        return store;
    }
}
