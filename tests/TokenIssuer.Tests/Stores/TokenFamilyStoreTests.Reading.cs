using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task A_store_is_born_with_everything_older_than_it_dead()
    {
        var page = await Node.ReadAsync(null);

        var birth = Assert.Single(page.Entries.OfType<RevocationEntry.All>().DistinctBy(all => all.MinGeneration));
        Assert.Equal(RevocationReason.StoreBirth, birth.Reason);
        Assert.Equal(Clock.Now.ToUnixTimeMilliseconds() + 600_000, birth.MinGeneration);
        Assert.Equal(birth.MinGeneration, (await FloorsOfAsync(new TestUser())).Floor);
    }

    [Fact]
    public async Task A_second_node_opens_the_same_store()
    {
        var family = await LogInAsync(new TestUser());
        Clock.Advance(TimeSpan.FromMinutes(1));

        var other = await OpenAnotherAsync();

        Assert.Equal(await Node.TailAsync(), await other.TailAsync());
        Assert.Equal(family, Assert.Single(await other.Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)));
    }

    [Fact]
    public async Task A_page_after_a_cursor_holds_exactly_what_came_since_in_its_order()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        var start = await Node.TailAsync();
        List<RevocationEntry> written = [.. (await Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)).Entries];
        var middle = await Node.TailAsync();
        written.AddRange((await KillAsync(user, KillReach.Sessions)).Entries);
        written.AddRange((await KillAsync(user, KillReach.Everything)).Entries);

        var whole = await Node.ReadAsync(start);
        var half = await Node.ReadAsync(middle);
        var rest = await Node.ReadAsync(whole.Cursor);

        Assert.Equal((false, TimeSpan.Zero, new TokenIssuerOptions().Retention), (whole.IsSnapshot, whole.Age, whole.Retention));
        Assert.Equal(written, whole.Entries);
        Assert.Equal(written[1..], half.Entries);
        Assert.Empty(rest.Entries);
        Assert.Equal(written.Count, written.Select(entry => entry.Id).Where(id => id.Length > 0).Distinct().Count());
        Assert.Equal(whole.Cursor, rest.Cursor);
        Assert.True(start.IsWithin(whole.Cursor));
        Assert.False(whole.Cursor.IsWithin(start));
    }

    [Fact]
    public async Task A_cursor_survives_its_text_form()
    {
        await KillAsync(new TestUser(), KillReach.Sessions);
        var tail = await Node.TailAsync();

        var parsed = LogCursor.Parse(tail.ToString());

        Assert.Equal(tail, parsed);
        Assert.Empty((await Node.ReadAsync(parsed)).Entries);
    }

    [Fact]
    public async Task A_strict_read_holds_whatever_concerns_its_user()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        var before = await Node.TailAsync();
        List<RevocationEntry> written = [.. (await Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)).Entries];
        written.AddRange((await KillAsync(user, KillReach.Sessions)).Entries);
        written.AddRange((await Store.AppendAsync([Token("one")], Cancelled)).Entries);
        written.AddRange((await Store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled)).Entries);

        var page = await Node.Feed.ReadAsync(before, user.Key, Cancelled);

        Assert.Superset(written.OfType<RevocationEntry.Family>().ToHashSet<RevocationEntry>(), page.Entries.ToHashSet());
        Assert.Superset(written.OfType<RevocationEntry.User>().ToHashSet<RevocationEntry>(), page.Entries.ToHashSet());
        Assert.Contains("one", page.Entries.OfType<RevocationEntry.Token>().Select(entry => entry.Jti));
        Assert.NotEmpty(page.Entries.OfType<RevocationEntry.All>());
    }

    [Fact]
    public async Task A_cursor_of_another_store_epoch_or_future_gets_a_snapshot()
    {
        var killed = await Store.RevokeFamilyAsync((await LogInAsync(new TestUser())).Session, RevocationReason.Logout, Cancelled);
        var tail = await Node.TailAsync();

        foreach (var foreign in Foreign(tail).Append(null))
        {
            var page = await Node.ReadAsync(foreign);

            Assert.True(page.IsSnapshot);
            Assert.Equal(tail, page.Cursor);
            Assert.Contains(killed.Entries[0], page.Entries);
            Assert.NotEmpty(page.Entries.OfType<RevocationEntry.All>());
        }

        Assert.False((await Node.ReadAsync(tail)).IsSnapshot);
    }

    [Fact]
    public async Task A_snapshot_forgets_what_has_expired_but_never_what_holds_for_everybody()
    {
        var retention = new TokenIssuerOptions().Retention;
        await Store.RevokeFamilyAsync((await LogInAsync(new TestUser())).Session, RevocationReason.Logout, Cancelled);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var younger = await Store.RevokeFamilyAsync((await LogInAsync(new TestUser())).Session, RevocationReason.Logout, Cancelled);
        Clock.Advance(retention - TimeSpan.FromSeconds(30));

        var page = await Node.ReadAsync(null);
        Clock.Advance(TimeSpan.FromHours(1));
        var later = await Node.ReadAsync(null);

        Assert.Equal(younger.Entries, page.Entries.OfType<RevocationEntry.Family>());
        var all = Assert.Single(later.Entries.DistinctBy(entry => ((RevocationEntry.All)entry).MinGeneration));
        Assert.Equal(Clock.Now + retention, all.Until);
    }

    [Fact]
    public async Task A_long_log_loses_nothing_that_is_in_force()
    {
        var retention = new TokenIssuerOptions().Retention;
        for (var i = 0; i < 40; i++)
        {
            await Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled);
        }

        var early = await Node.TailAsync();
        Clock.Advance(retention + TimeSpan.FromMinutes(1));
        var written = new List<RevocationEntry>();
        for (var i = 0; i < 40; i++)
        {
            written.AddRange((await Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled)).Entries);
        }

        var snapshot = await Node.ReadAsync(null);
        var continued = await Node.ReadAsync(early);

        // A snapshot is merged by maximum: its order is nobody's promise.
        Assert.Equal(written.ToHashSet(), snapshot.Entries.Where(entry => entry is RevocationEntry.Family).ToHashSet());
        Assert.Equal(written, continued.Entries.OfType<RevocationEntry.Family>());
    }

    [Fact]
    public async Task A_follower_gets_a_page_at_once_then_what_is_new_and_a_heartbeat_each_second()
    {
        var other = await OpenAnotherAsync();
        await using var pages = Node.Feed.FollowAsync(null, Cancelled).GetAsyncEnumerator(Cancelled);
        await NextAsync(pages);
        var snapshot = pages.Current;

        var own = await Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled);
        var ownSeen = await NextEntriesAsync(pages);
        var foreign = await other.Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled);
        var foreignSeen = await NextEntriesAsync(pages);
        await NextAsync(pages);

        Assert.True(snapshot.IsSnapshot);
        Assert.Equal(own.Entries, ownSeen.Entries);
        Assert.Equal(foreign.Entries, foreignSeen.Entries);
        Assert.Empty(pages.Current.Entries);
        Assert.Equal((await Node.TailAsync(), TimeSpan.Zero, false), (pages.Current.Cursor, pages.Current.Age, pages.Current.IsSnapshot));
    }

    [Fact]
    public async Task A_follower_continues_from_its_cursor()
    {
        var before = await Node.TailAsync();
        var killed = await KillAsync(new TestUser(), KillReach.Sessions);

        await using var pages = Node.Feed.FollowAsync(before, Cancelled).GetAsyncEnumerator(Cancelled);
        await NextAsync(pages);

        Assert.False(pages.Current.IsSnapshot);
        Assert.Equal(killed.Entries, pages.Current.Entries);
    }

    [Fact]
    public async Task A_follower_misses_nothing_while_many_nodes_write()
    {
        var other = await OpenAnotherAsync();
        await using var pages = Node.Feed.FollowAsync(await Node.TailAsync(), Cancelled).GetAsyncEnumerator(Cancelled);
        var writing = Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (await (i % 2 == 0 ? Store : other.Store).RevokeFamilyAsync(
            new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled)).Entries[0]));

        var seen = new List<RevocationEntry>();
        while (seen.Count < 200)
        {
            seen.AddRange((await NextEntriesAsync(pages)).Entries);
        }

        var written = await writing;
        Assert.Equal(200, seen.Select(entry => entry.Id).Distinct().Count());
        Assert.Equal(written.ToHashSet(), seen.ToHashSet());
    }

    [Fact]
    public async Task Retention_is_never_below_the_largest_ever_configured()
    {
        var patient = await Stores.OpenAsync(new TokenIssuerOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        var longest = TimeSpan.FromMinutes(30);

        var byPatient = await patient.Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled);
        var bySecond = await Store.RevokeFamilyAsync(new SessionId(new TestUser().Key, FamilyId.New()), RevocationReason.Logout, Cancelled);

        Assert.Equal(Clock.Now + longest, byPatient.Entries[0].Until);
        Assert.Equal(Clock.Now + longest, bySecond.Entries[0].Until);
        Assert.Equal(longest, (await Node.ReadAsync(null)).Retention);
    }

    private static RevocationEntry.Token Token(string jti) => new(jti, RevocationReason.ClientRevoked, DateTimeOffset.MinValue);

    private static IEnumerable<LogCursor> Foreign(LogCursor tail) =>
    [
        tail with { StoreId = "AAAAAAAAAAAAAAAAAAAAAA" },
        tail with { Epoch = tail.Epoch + 1 },
        tail with { Epoch = tail.Epoch - 1 },
        tail with { Positions = [.. tail.Positions.Select(position => new LogPosition(position.Major + 1))] },
    ];

    /// <summary>Waits for the next page, moving time on as long as none comes.</summary>
    private async Task NextAsync(IAsyncEnumerator<RevocationPage> pages)
    {
        var next = pages.MoveNextAsync().AsTask();
        for (var patience = 0; !next.IsCompleted && patience < 2000; patience++)
        {
            await Task.WhenAny(next, Task.Delay(5, Cancelled));
            Clock.Advance(TimeSpan.FromMilliseconds(25));
        }

        Assert.True(next.IsCompleted, "No page came.");
        Assert.True(await next);
    }

    private async Task<RevocationPage> NextEntriesAsync(IAsyncEnumerator<RevocationPage> pages)
    {
        do
        {
            await NextAsync(pages);
        }
        while (pages.Current.Entries.Count == 0);

        return pages.Current;
    }
}
