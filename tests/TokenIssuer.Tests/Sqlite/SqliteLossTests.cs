using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>What an operator may do to the file under a running issuer.</summary>
public sealed class SqliteLossTests : IAsyncDisposable
{
    private readonly SqliteUnderTest _stores = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Backup => _stores.Path + ".backup";

    [Fact]
    public async Task A_running_issuer_notices_that_an_older_copy_was_put_in_the_place_of_its_file()
    {
        var store = _stores.Open();
        var (user, family, seen) = await LiveAsync(store);

        PutInPlace(Backup);

        var known = new Knowledge(default, seen);
        await Assert.ThrowsAsync<TokenStoreLossException>(() => store.RotateAsync(family.Present(), known, Cancelled));
        await Assert.ThrowsAsync<TokenStoreLossException>(() => store.ReadUserAsync(user.Key, known, Cancelled));
        Assert.True((await store.ReadAsync(seen, null, Cancelled)).IsSnapshot);
    }

    [Fact]
    public async Task A_running_issuer_notices_that_an_older_copy_was_written_into_its_file()
    {
        var store = _stores.Open();
        var (user, family, seen) = await LiveAsync(store);

        await SqliteUnderTest.CopyAsync(Backup, _stores.Path);

        var known = new Knowledge(default, seen);
        await Assert.ThrowsAsync<TokenStoreLossException>(() => store.RotateAsync(family.Present(), known, Cancelled));
        await Assert.ThrowsAsync<TokenStoreLossException>(() => store.ReadUserAsync(user.Key, known, Cancelled));
    }

    [Fact]
    public async Task A_running_issuer_whose_file_is_deleted_has_a_newborn_store_in_which_nothing_lives()
    {
        var store = _stores.Open();
        var (user, family, seen) = await LiveAsync(store);

        Delete();

        var known = new Knowledge(default, seen);
        await Assert.ThrowsAsync<TokenStoreLossException>(() => store.RotateAsync(family.Present(), known, Cancelled));
        Assert.Equal(RotationVerdict.Missing, (await store.RotateAsync(family.Present(), default, Cancelled)).Verdict);
        var page = await store.ReadAsync(seen, null, Cancelled);
        Assert.NotEqual(seen.StoreId, page.Cursor.StoreId);
        Assert.Equal(RevocationReason.StoreBirth, Assert.IsType<RevocationEntry.All>(Assert.Single(page.Entries)).Reason);
        Assert.Empty(await store.ListFamiliesAsync(user.Key, default, Cancelled));
    }

    [Fact]
    public async Task Garbage_in_the_place_of_the_file_makes_the_store_unavailable_until_the_file_is_back()
    {
        var store = _stores.Open();
        var (_, family, seen) = await LiveAsync(store);
        await SqliteUnderTest.CopyAsync(_stores.Path, Backup);
        var garbage = _stores.Path + ".garbage";
        await File.WriteAllTextAsync(garbage, new string('x', 10_000), Cancelled);

        PutInPlace(garbage);

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => store.RotateAsync(family.Present(), new Knowledge(default, seen), Cancelled));
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => store.ListFamiliesAsync(family.Session.User, default, Cancelled));
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => store.CheckAsync(Cancelled));
        PutInPlace(Backup);
        Assert.Equal(RotationVerdict.Rotated, (await store.RotateAsync(family.Present(), new Knowledge(default, seen), Cancelled)).Verdict);
    }

    [Fact]
    public async Task A_follower_notices_an_older_copy_and_a_newer_entry_in_it()
    {
        var store = _stores.Open();
        var (_, _, seen) = await LiveAsync(store);
        await using var pages = store.FollowAsync(seen, Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await pages.MoveNextAsync());
        Assert.False(pages.Current.IsSnapshot);

        PutInPlace(Backup);
        var next = pages.MoveNextAsync().AsTask();
        for (var i = 0; i < 500 && !next.IsCompleted; i++)
        {
            _stores.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(next, Task.Delay(5, Cancelled));
        }

        Assert.True(await next);
        Assert.True(pages.Current.IsSnapshot);
        Assert.False(seen.IsWithin(pages.Current.Cursor));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    /// <summary>Logs in, makes a backup, lives on for two kills.</summary>
    private async Task<(TestUser User, TokenFamily Family, LogCursor Seen)> LiveAsync(SqliteTokenFamilyStore store)
    {
        var user = new TestUser();
        var generation = (await store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation;
        var started = (FamilyStarted.Started)await store.StartFamilyAsync(user.Start(generation), default, Cancelled);
        await SqliteUnderTest.CopyAsync(_stores.Path, Backup);
        foreach (var other in new[] { new TestUser(), new TestUser() })
        {
            await store.RevokeUserAsync(other.Key, other.Subject, KillReach.Everything, RevocationReason.Logout, default, Cancelled);
        }

        return (user, started.Family, (await store.ReadAsync(null, null, Cancelled)).Cursor);
    }

    /// <summary>The way of <c>mv</c>.</summary>
    private void PutInPlace(string file)
    {
        Delete();
        File.Move(file, _stores.Path);
    }

    private void Delete()
    {
        foreach (var suffix in new[] { string.Empty, "-wal", "-shm" })
        {
            File.Delete(_stores.Path + suffix);
        }
    }
}
