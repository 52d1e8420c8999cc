using System.Globalization;
using Microsoft.Data.Sqlite;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteLogTests : IAsyncDisposable
{
    private readonly SqliteUnderTest _stores = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Positions_are_dense_whoever_writes_and_whatever_fails()
    {
        SqliteTokenFamilyStore[] nodes = [_stores.Open(), _stores.Open()];
        var lost = new Knowledge(default, new LogCursor("AAAAAAAAAAAAAAAAAAAAAA", 1, [new LogPosition(1)]));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var user = new TestUser();
            await RevokeAnyAsync(nodes[i % 2]);
            await Assert.ThrowsAsync<TokenStoreLossException>(() => nodes[i % 2].RevokeUserAsync(
                user.Key, user.Subject, KillReach.Sessions, RevocationReason.Logout, lost, Cancelled));
        }));

        var page = await nodes[0].ReadAsync(new LogCursor((await TailAsync(nodes[0])).StoreId, 1, [LogPosition.Start]), null, Cancelled);
        Assert.Equal(Enumerable.Range(1, 101).Select(position => position.ToString(CultureInfo.InvariantCulture)), page.Entries.Select(entry => entry.Id));
        Assert.Equal(new LogPosition(101), page.Cursor.Positions.Single());
    }

    [Fact]
    public async Task Expired_entries_are_pruned_a_few_at_a_time_and_the_tail_stays_where_it_is()
    {
        var store = _stores.Open();
        for (var i = 0; i < 50; i++)
        {
            await RevokeAnyAsync(store);
        }

        var old = await TailAsync(store);
        _stores.Clock.Advance(new TokenIssuerOptions().Retention + TimeSpan.FromSeconds(1));

        await RevokeAnyAsync(store);
        var afterOne = await CountRowsAsync("log");
        for (var i = 0; i < 20; i++)
        {
            await RevokeAnyAsync(store);
        }

        Assert.InRange(afterOne, 40, 50);
        Assert.Equal(21, await CountRowsAsync("log"));
        Assert.Equal(old.Positions[0].Major + 21, (await TailAsync(store)).Positions[0].Major);
    }

    [Fact]
    public async Task A_cursor_older_than_what_was_pruned_gets_a_snapshot()
    {
        var store = _stores.Open();
        await RevokeAnyAsync(store);
        var old = await TailAsync(store);
        await RevokeAnyAsync(store);
        var newer = await TailAsync(store);
        _stores.Clock.Advance(new TokenIssuerOptions().Retention + TimeSpan.FromSeconds(1));

        var written = await RevokeAnyAsync(store);

        Assert.True((await store.ReadAsync(old, null, Cancelled)).IsSnapshot);
        var continued = await store.ReadAsync(newer, null, Cancelled);
        Assert.Equal((false, written), (continued.IsSnapshot, Assert.Single(continued.Entries)));
    }

    [Fact]
    public async Task Users_of_whom_nothing_is_left_are_forgotten_and_others_are_not()
    {
        var store = _stores.Open();
        var lasting = new TestUser();
        var stays = await LogInAsync(store, lasting, TimeSpan.FromHours(2));
        for (var i = 0; i < 20; i++)
        {
            await LogInAsync(store, new TestUser(), TimeSpan.FromMinutes(5));
        }

        _stores.Clock.Advance(TimeSpan.FromMinutes(16));
        for (var i = 0; i < 6; i++)
        {
            await LogInAsync(store, new TestUser(), TimeSpan.FromMinutes(5));
        }

        Assert.Equal((7L, 7L), (await CountRowsAsync("users"), await CountRowsAsync("families")));
        Assert.Equal(stays, Assert.Single(await store.ListFamiliesAsync(lasting.Key, default, Cancelled)));
    }

    [Fact]
    public async Task A_user_who_was_killed_is_remembered_for_as_long_as_the_entry_and_a_while_longer()
    {
        var store = _stores.Open();
        var user = new TestUser();
        await store.RevokeUserAsync(user.Key, user.Subject, KillReach.Everything, RevocationReason.Logout, default, Cancelled);
        _stores.Clock.Advance(new TokenIssuerOptions().Retention + TimeSpan.FromMinutes(9));
        await LogInAsync(store, new TestUser(), TimeSpan.FromMinutes(5));
        var remembered = (await store.ReadUserAsync(user.Key, default, Cancelled)).Subject;

        _stores.Clock.Advance(TimeSpan.FromMinutes(2));
        await LogInAsync(store, new TestUser(), TimeSpan.FromMinutes(5));

        Assert.Equal(user.Subject, remembered);
        Assert.Null((await store.ReadUserAsync(user.Key, default, Cancelled)).Subject);
    }

    [Fact]
    public async Task The_file_holds_no_secret()
    {
        var store = _stores.Open();
        var user = new TestUser();
        var (secret, generation) = (FamilySecret.New(), (await store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation);
        var bytes = new byte[Identifier128.Size];
        secret.Write(bytes);
        await store.StartFamilyAsync(user.Start(generation) with { SecretHash = secret.Hash() }, default, Cancelled);
        await _stores.CloseAsync();

        var dump = await File.ReadAllBytesAsync(_stores.Path, Cancelled);

        Assert.Equal(-1, dump.AsSpan().IndexOf(bytes));
        Assert.NotEqual(-1, dump.AsSpan().IndexOf(Identifier128.ToBytes(secret.Hash())));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static async Task<RevocationEntry> RevokeAnyAsync(SqliteTokenFamilyStore store) => (await store.RevokeFamilyAsync(
        new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled)).Entries[0];

    private static async Task<LogCursor> TailAsync(SqliteTokenFamilyStore store) => (await store.ReadAsync(null, null, Cancelled)).Cursor;

    private static async Task<TokenFamily> LogInAsync(SqliteTokenFamilyStore store, TestUser user, TimeSpan lifetime)
    {
        var generation = (await store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation;
        var start = user.Start(generation) with { AbsoluteLifetime = lifetime };
        return ((FamilyStarted.Started)await store.StartFamilyAsync(start, default, Cancelled)).Family;
    }

    private async Task<long> CountRowsAsync(string table)
    {
        await using var connection = new SqliteConnection(_stores.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync(Cancelled) ?? 0L);
    }
}
