using Microsoft.Data.Sqlite;
using TokenIssuer.Families;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>A file of a version before is brought up to date where it lies, and nobody is signed out.</summary>
public sealed class SqliteUpgradeTests : IAsyncDisposable
{
    /// <summary>Takes back what version 4 added.</summary>
    private const string ToVersion3 = "ALTER TABLE store DROP COLUMN latest; PRAGMA user_version = 3";

    /// <summary>Takes back what versions 3 and 4 added.</summary>
    private const string ToVersion2 = "ALTER TABLE store DROP COLUMN latest; ALTER TABLE families DROP COLUMN transport; PRAGMA user_version = 2";

    private readonly SqliteUnderTest _stores = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OAuthClient.SpaClientId, TokenTransport.Cookie)]
    [InlineData("notes-app", TokenTransport.Body)]
    public async Task A_session_of_version_2_goes_on_and_hands_no_token_of_a_cookie_to_scripts(string client, TokenTransport transport)
    {
        var user = new TestUser();
        var family = await StartAsync(user, client);
        var tail = await TailAsync();
        await BringBackAsync(2);

        var store = _stores.Open();
        var rotation = await store.RotateAsync(family.Present(), default, Cancelled);

        Assert.Equal((RotationVerdict.Rotated, transport), (rotation.Verdict, rotation.Family?.Grant.Transport));
        Assert.Equal(tail, (await store.ReadAsync(null, null, Cancelled)).Cursor);
        Assert.Equal(Schema.Version, await AskAsync("PRAGMA user_version"));
    }

    [Fact]
    public async Task Of_many_that_start_at_once_on_a_file_of_version_2_one_changes_it()
    {
        var user = new TestUser();
        await StartAsync(user, OAuthClient.SpaClientId);
        await BringBackAsync(2);

        var stores = Enumerable.Range(0, 8).Select(_ => _stores.Open()).ToList();
        await Task.WhenAll(stores.Select(store => Task.Run(() => store.CheckAsync(Cancelled))));

        foreach (var store in stores)
        {
            Assert.Single(await store.ListFamiliesAsync(user.Key, default, Cancelled));
        }
    }

    [Fact]
    public async Task A_file_of_version_3_goes_on_and_notes_the_time_with_its_first_step()
    {
        var user = new TestUser();
        var family = await StartAsync(user, OAuthClient.SpaClientId);
        await BringBackAsync(3);

        var rotation = await _stores.Open().RotateAsync(family.Present(), default, Cancelled);

        Assert.Equal((RotationVerdict.Rotated, TokenTransport.Body), (rotation.Verdict, rotation.Family?.Grant.Transport));
        Assert.Equal(Schema.Version, await AskAsync("PRAGMA user_version"));
        Assert.Equal(_stores.Clock.Now.ToUnixTimeMilliseconds(), await AskAsync("SELECT latest FROM store"));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<TokenFamily> StartAsync(TestUser user, string client)
    {
        var store = _stores.Open();
        var start = user.Start((await store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation);
        start = start with { Grant = start.Grant with { ClientId = client, Transport = TokenTransport.Body } };
        return Assert.IsType<FamilyStarted.Started>(await store.StartFamilyAsync(start, default, Cancelled)).Family;
    }

    private async Task<object> TailAsync() => (await _stores.Open().ReadAsync(null, null, Cancelled)).Cursor;

    private async Task BringBackAsync(int version)
    {
        await _stores.CloseAsync();
        await AskAsync(version == 2 ? ToVersion2 : ToVersion3);
        Assert.Equal(version, await AskAsync("PRAGMA user_version"));
    }

    private async Task<long> AskAsync(string sql)
    {
        await using var connection = new SqliteConnection(_stores.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Cancelled) is long number ? number : 0;
    }
}
