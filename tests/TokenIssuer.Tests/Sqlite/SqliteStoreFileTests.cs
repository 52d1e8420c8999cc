using Microsoft.Data.Sqlite;
using TokenIssuer.Sqlite;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteStoreFileTests : IAsyncDisposable
{
    private readonly SqliteUnderTest _stores = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_and_folder_are_created_for_their_owner_alone()
    {
        await _stores.Open().CheckAsync(Cancelled);

        Assert.All(new[] { string.Empty, "-wal", "-shm" }, suffix => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(_stores.Path + suffix)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ModeOf(Path.GetDirectoryName(_stores.Path)!));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_in_one_sentence()
    {
        await ExecuteAsync($"PRAGMA user_version = {Schema.Version + 1}", afterBirth: true);

        var refusal = await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => _stores.Open().CheckAsync(Cancelled));

        Assert.Equal(
            $"The token store {_stores.Path} has schema version {Schema.Version + 1}, and this issuer knows version {Schema.Version}: run the version that wrote it, or name another file.",
            refusal.Message);
    }

    [Fact]
    public async Task A_database_of_somebody_else_is_refused_and_left_as_it_is()
    {
        await ExecuteAsync("CREATE TABLE customers (id INTEGER)", afterBirth: false);

        var refusal = await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => _stores.Open().CheckAsync(Cancelled));

        Assert.Equal($"{_stores.Path} is a database, but no token store: name another file.", refusal.Message);
        await ExecuteAsync("INSERT INTO customers VALUES (1)", afterBirth: false);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("This is a diary. ", 500));
        Directory.CreateDirectory(Path.GetDirectoryName(_stores.Path)!);
        await File.WriteAllTextAsync(_stores.Path, text, Cancelled);

        var refusal = await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => _stores.Open().CheckAsync(Cancelled));

        Assert.Equal($"{_stores.Path} is not a database: name another file, or restore this one.", refusal.Message);
        Assert.Equal(text, await File.ReadAllTextAsync(_stores.Path, Cancelled));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(_stores.Path);

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => _stores.Open().CheckAsync(Cancelled));
    }

    [Fact]
    public async Task Many_that_start_at_once_share_one_newborn_store()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => _stores.Open()).ToList();

        await Task.WhenAll(stores.Select(store => Task.Run(() => store.CheckAsync(Cancelled))));

        var tails = await Task.WhenAll(stores.Select(async store => (await store.ReadAsync(null, null, Cancelled)).Cursor));
        Assert.Single(tails.Distinct());
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file:tokens?mode=memory")]
    [InlineData("Data Source=tokens.db;Mode=Memory")]
    [InlineData("Data Source=")]
    [InlineData("")]
    [InlineData("Server=localhost")]
    public void A_connection_string_that_names_no_file_is_refused(string connectionString)
        => Assert.Throws<ArgumentException>(() => new StoreFile(connectionString));

    [Fact]
    public void The_witness_lies_beside_the_file()
    {
        var file = new StoreFile("Data Source=data/tokens.db");

        Assert.Equal((Path.GetFullPath("data/tokens.db"), Path.GetFullPath("data/tokens.db.witness")), (file.Path, file.WitnessPath));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static UnixFileMode ModeOf(string path)
        => OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException("There are no file modes.") : File.GetUnixFileMode(path);

    private async Task ExecuteAsync(string sql, bool afterBirth)
    {
        if (afterBirth)
        {
            await _stores.Open().CheckAsync(Cancelled);
            await _stores.CloseAsync();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_stores.Path)!);
        await using var connection = new SqliteConnection(_stores.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
