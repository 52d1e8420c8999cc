using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task A_store_that_is_not_the_one_the_caller_has_seen_refuses_and_writes_nothing()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        var tail = await Node.TailAsync();
        var start = await NewStartAsync(user);

        foreach (var foreign in Foreign(tail))
        {
            var known = new Knowledge(default, foreign);
            await LosesAsync(Store.ReadUserAsync(user.Key, known, Cancelled));
            await LosesAsync(Store.StartFamilyAsync(start, known, Cancelled));
            await LosesAsync(Store.RotateAsync(family.Present(), known, Cancelled));
            await LosesAsync(Store.RotateAsync(family.Present() with { Generation = 0 }, known, Cancelled));
            await LosesAsync(Store.RevokeUserAsync(user.Key, user.Subject, KillReach.Sessions, RevocationReason.Logout, known, Cancelled));
            await LosesAsync(Store.ListFamiliesAsync(user.Key, known, Cancelled));
        }

        Assert.Equal(tail, await Node.TailAsync());
        Assert.Equal(family, Assert.Single(await ListAsync(user)));
    }

    [Fact]
    public async Task A_caller_that_is_up_to_date_or_behind_is_answered()
    {
        var user = new TestUser();
        var early = await Node.TailAsync();
        await KillAsync(new TestUser(), KillReach.Sessions);

        foreach (var cursor in new[] { early, await Node.TailAsync() })
        {
            var known = new Knowledge(default, cursor);
            var standing = await Store.ReadUserAsync(user.Key, known, Cancelled);
            var started = await Store.StartFamilyAsync(user.Start(standing.Floors.Generation), known, Cancelled);
            var family = Assert.IsType<FamilyStarted.Started>(started).Family;
            Assert.Equal(RotationVerdict.Rotated, (await Store.RotateAsync(family.Present(), known, Cancelled)).Verdict);
            Assert.NotEmpty(await Store.ListFamiliesAsync(user.Key, known, Cancelled));
        }
    }

    [Fact]
    public async Task Of_many_that_raise_the_epoch_at_once_one_does()
    {
        var other = await OpenAnotherAsync();
        var tail = await Node.TailAsync();

        var ends = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Store : other.Store).RaiseEpochAsync(tail.Epoch, Cancelled)));

        Assert.All(ends, end => Assert.Equal(tail with { Epoch = tail.Epoch + 1 }, end));
        Assert.Equal(tail.Epoch + 1, (await Node.TailAsync()).Epoch);
        await LosesAsync(Store.ReadUserAsync(new TestUser().Key, new Knowledge(default, tail), Cancelled));
        await Store.ReadUserAsync(new TestUser().Key, new Knowledge(default, ends[0]), Cancelled);
    }

    [Fact]
    public async Task Raising_the_epoch_from_one_long_gone_only_tells_the_one_in_force()
    {
        var tail = await Node.TailAsync();
        await Store.RaiseEpochAsync(tail.Epoch, Cancelled);

        var late = await Store.RaiseEpochAsync(tail.Epoch, Cancelled);
        var next = await Store.RaiseEpochAsync(late.Epoch, Cancelled);

        Assert.Equal((tail.Epoch + 1, tail.Epoch + 2), (late.Epoch, next.Epoch));
    }

    [Fact]
    public async Task A_follower_notices_another_epoch_by_a_snapshot()
    {
        var other = await OpenAnotherAsync();
        await using var pages = Node.Feed.FollowAsync(await Node.TailAsync(), Cancelled).GetAsyncEnumerator(Cancelled);
        await NextAsync(pages);
        var before = pages.Current.Cursor;

        await other.Store.RaiseEpochAsync(before.Epoch, Cancelled);
        do
        {
            await NextAsync(pages);
        }
        while (!pages.Current.IsSnapshot);

        Assert.Equal(before.Epoch + 1, pages.Current.Cursor.Epoch);
        Assert.NotEmpty(pages.Current.Entries.OfType<RevocationEntry.All>());
    }

    [Fact]
    public async Task A_store_disowned_by_many_at_once_is_disowned_once_and_holds_nothing_alive()
    {
        var other = await OpenAnotherAsync();
        var family = await LogInAsync(new TestUser());
        var tail = await Node.TailAsync();
        var highest = family.Birth + 1_000_000;

        var ends = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Store : other.Store).DisownAsync(tail.Epoch, highest, Cancelled)));

        var page = await Node.ReadAsync(null);
        var all = Assert.Single(page.Entries.OfType<RevocationEntry.All>().DistinctBy(entry => entry.MinGeneration));
        Assert.Equal((highest + 600_000, RevocationReason.StoreLoss), (all.MinGeneration, all.Reason));
        Assert.All(ends, end => Assert.Equal(page.Cursor, end));
        Assert.Equal(tail.Epoch + 1, page.Cursor.Epoch);
        Assert.Equal(RotationVerdict.BelowFloor, (await RefreshAsync(family)).Verdict);
        Assert.True(await IsAliveAsync(await LogInAsync(new TestUser())));
    }

    [Fact]
    public async Task Disowning_under_an_epoch_long_gone_kills_nobody()
    {
        var family = await LogInAsync(new TestUser());
        var tail = await Node.TailAsync();
        await Store.RaiseEpochAsync(tail.Epoch, Cancelled);

        var late = await Store.DisownAsync(tail.Epoch, 0, Cancelled);

        Assert.Equal(tail with { Epoch = tail.Epoch + 1 }, late);
        Assert.True(await IsAliveAsync(family));
    }

    private static async Task LosesAsync(Task verb) => await Assert.ThrowsAsync<TokenStoreLossException>(() => verb);
}
