using Microsoft.Data.Sqlite;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _stores = new();
    private SqliteTokenFamilyStore? _store;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private SqliteTokenFamilyStore Store => _store ?? throw new InvalidOperationException("The test was not initialized.");

    public async ValueTask InitializeAsync()
    {
        _store = _stores.Open();
        await _store.CheckAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Verbs_that_arrive_together_share_transactions()
    {
        var before = Store.Transactions;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RevokeAnyAsync(Cancelled)));

        Assert.InRange(Store.Transactions - before, 1, 50);
        Assert.Equal(201, (await Store.ReadAsync(null, null, Cancelled)).Entries.Count);
    }

    [Fact]
    public async Task A_verb_that_fails_rolls_back_alone()
    {
        var user = new TestUser();
        var start = user.Start((await Store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation) with { MaxSessions = 1 };
        await Store.StartFamilyAsync(start with { MaxSessions = 10 }, default, Cancelled);
        _stores.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var tail = (await Store.ReadAsync(null, null, Cancelled)).Cursor;
        await using var held = Lock();

        // The id is taken, but that shows only after another session was evicted: that one must live on.
        var other = start with { Session = new SessionId(user.Key, FamilyId.New()), MaxSessions = 10 };
        var (added, doubled, kill) = (
            Store.StartFamilyAsync(other, default, Cancelled),
            Store.StartFamilyAsync(other with { MaxSessions = 2 }, default, Cancelled),
            RevokeAnyAsync(Cancelled));
        await held.DisposeAsync();

        Assert.IsType<FamilyStarted.Started>(await added);
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => doubled);
        var page = await Store.ReadAsync(tail, null, Cancelled);
        Assert.Equal((await kill).Entries, page.Entries);
        Assert.Equal(2, (await Store.ListFamiliesAsync(user.Key, default, Cancelled)).Count);
    }

    [Fact]
    public async Task A_verb_whose_caller_left_before_its_turn_never_runs()
    {
        using var leaving = new CancellationTokenSource();
        await using var held = Lock();
        var blocked = RevokeAnyAsync(Cancelled);
        var left = RevokeAnyAsync(leaving.Token);
        var stays = RevokeAnyAsync(Cancelled);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await held.DisposeAsync();

        RevocationEntry[] written = [.. (await blocked).Entries, .. (await stays).Entries];
        Assert.Equal(written, (await Store.ReadAsync(null, null, Cancelled)).Entries.OfType<RevocationEntry.Family>());
    }

    [Fact]
    public async Task A_verb_that_waits_for_two_seconds_is_answered_unavailable_and_never_runs()
    {
        await using var held = Lock();
        var late = RevokeAnyAsync(Cancelled);

        _stores.Clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => late);
        await held.DisposeAsync();
        await Store.CheckAsync(Cancelled);
        Assert.Empty((await Store.ReadAsync(null, null, Cancelled)).Entries.OfType<RevocationEntry.Family>());
    }

    [Fact]
    public async Task A_store_that_another_process_keeps_locked_is_unavailable_and_recovers()
    {
        var family = await LogInAsync();
        await using (Lock())
        {
            await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => Store.RotateAsync(family.Present(), default, Cancelled));
            Assert.Single(await Store.ListFamiliesAsync(family.Session.User, default, Cancelled));
        }

        var rotation = await Store.RotateAsync(family.Present(), default, Cancelled);

        Assert.Equal(RotationVerdict.Rotated, rotation.Verdict);
    }

    [Fact]
    public async Task A_closed_store_is_unavailable()
    {
        await _stores.CloseAsync();

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => RevokeAnyAsync(Cancelled));
    }

    private Task<Killed> RevokeAnyAsync(CancellationToken cancellationToken)
        => Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, cancellationToken);

    private async Task<TokenFamily> LogInAsync()
    {
        var user = new TestUser();
        var generation = (await Store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation;
        return ((FamilyStarted.Started)await Store.StartFamilyAsync(user.Start(generation), default, Cancelled)).Family;
    }

    /// <summary>Holds the lock as another process would that is in the middle of writing.</summary>
    private HeldLock Lock() => new(_stores.ConnectionString);

    private sealed class HeldLock : IAsyncDisposable
    {
        private readonly SqliteConnection _connection;

        public HeldLock(string connectionString)
        {
            _connection = new SqliteConnection(connectionString + ";Pooling=false");
            _connection.Open();
            using var begin = _connection.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
