using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Validation;

public sealed class DenylistTests
{
    private readonly ManualClock _clock = new();
    private readonly Denylist _denylist;

    public DenylistTests() => _denylist = new Denylist(_clock);

    private DateTimeOffset Until => _clock.Now + TimeSpan.FromMinutes(10);

    [Fact]
    public void Nothing_is_denied_by_an_empty_list()
    {
        Assert.Equal(Denial.None, _denylist.Check(Token()));
        Assert.False(_denylist.IsLoaded);
        Assert.Null(_denylist.Cursor);
    }

    [Fact]
    public void Each_kind_of_entry_denies_its_own()
    {
        var token = Token(generation: 5, jti: "t", kid: "k");

        Assert.Equal(Denial.Session, After(new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until), token));
        Assert.Equal(Denial.User, After(UserEntry(token, 6), token));
        Assert.Equal(Denial.None, After(UserEntry(token, 5), token));
        Assert.Equal(Denial.Token, After(new RevocationEntry.Token("t", RevocationReason.ClientRevoked, Until), token));
        Assert.Equal(Denial.Key, After(new RevocationEntry.Key("k", RevocationReason.KeyRetired, Until), token));
        Assert.Equal(Denial.User, After(new RevocationEntry.All(6, RevocationReason.Administrator, Until), token));
        Assert.Equal(Denial.None, After(new RevocationEntry.All(5, RevocationReason.Administrator, Until), token));
    }

    [Fact]
    public void Entries_merge_by_maximum_in_either_order()
    {
        var token = Token(generation: 7);
        var (low, high) = (UserEntry(token, 6, floor: 9), UserEntry(token, 8, floor: 2));

        foreach (var order in new[] { new[] { low, high }, [high, low] })
        {
            var denylist = new Denylist(_clock);
            foreach (var entry in order)
            {
                denylist.Merge([entry], FakeFeed.Retention);
            }

            Assert.Equal(Denial.User, denylist.Check(token));
            Assert.Equal(new UserFloors(8, 9, 0), denylist.KnowledgeOf(token.Session.User).Floors);
            Assert.Equal(8, denylist.HighestGeneration);
        }
    }

    [Fact]
    public void A_smaller_all_changes_nothing()
    {
        _denylist.Merge([new RevocationEntry.All(8, RevocationReason.StoreBirth, Until)], FakeFeed.Retention);
        _denylist.Merge([new RevocationEntry.All(3, RevocationReason.StoreBirth, Until)], FakeFeed.Retention);

        Assert.Equal(Denial.User, _denylist.Check(Token(generation: 7)));
        Assert.Equal(Denial.None, _denylist.Check(Token(generation: 8)));
    }

    [Fact]
    public void A_snapshot_never_takes_anything_back()
    {
        var token = Token();
        _denylist.Merge(Page(1, new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)));

        _denylist.Merge(Page(0) with { IsSnapshot = true });

        Assert.Equal(Denial.Session, _denylist.Check(token));
        Assert.Equal(FakeFeed.CursorAt(0), _denylist.Cursor);
    }

    [Fact]
    public void An_entry_is_forgotten_after_its_end_and_not_before()
    {
        var token = Token(generation: 5, jti: "t", kid: "k");
        _denylist.Merge(Page(
            4,
            new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until),
            UserEntry(token, 6),
            new RevocationEntry.Token("t", RevocationReason.ClientRevoked, Until),
            new RevocationEntry.Key("k", RevocationReason.KeyRetired, Until)));

        _clock.Advance(TimeSpan.FromMinutes(10));
        _denylist.Merge(Page(4));
        var held = _denylist.Count;
        _clock.Advance(TimeSpan.FromMinutes(2));
        _denylist.Merge(Page(4));

        Assert.Equal(4, held);
        Assert.Equal(0, _denylist.Count);
        Assert.Equal(Denial.None, _denylist.Check(token));
    }

    [Fact]
    public void The_same_entry_with_a_later_end_stays_longer()
    {
        var token = Token();
        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)], FakeFeed.Retention);
        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Administrator, Until + TimeSpan.FromMinutes(8))], FakeFeed.Retention);
        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)], FakeFeed.Retention);

        _clock.Advance(TimeSpan.FromMinutes(15));
        _denylist.Merge(Page(0));

        Assert.Equal(Denial.Session, _denylist.Check(token));
    }

    [Fact]
    public void No_entry_stays_longer_than_the_retention_and_a_tolerance()
    {
        _denylist.Merge(Page(1, new RevocationEntry.Family(Token().Session, RevocationReason.Logout, DateTimeOffset.MaxValue)));

        _clock.Advance(FakeFeed.Retention + TimeSpan.FromSeconds(91));
        _denylist.Merge(Page(1));

        Assert.Equal(0, _denylist.Count);
    }

    [Fact]
    public void Everything_held_can_be_given_back_and_all_is_never_forgotten()
    {
        var token = Token(jti: "t", kid: "k");
        RevocationEntry[] entries =
        [
            new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until),
            UserEntry(token, 6),
            new RevocationEntry.Token("t", RevocationReason.ClientRevoked, Until),
            new RevocationEntry.Key("k", RevocationReason.KeyRetired, Until),
            new RevocationEntry.All(3, RevocationReason.StoreBirth, Until),
        ];
        _denylist.Merge(Page(5, entries));

        var held = _denylist.Held();
        _clock.Advance(TimeSpan.FromHours(1));
        _denylist.Merge(Page(5));

        Assert.Equal(entries.ToHashSet(), held.ToHashSet());
        Assert.Equal([entries[4]], _denylist.Held());
    }

    [Fact]
    public void The_age_is_that_of_the_source_and_the_time_since()
    {
        var born = _denylist.Age;
        _clock.Advance(TimeSpan.FromSeconds(5));
        var unborn = _denylist.Age;

        _denylist.Merge(Page(0) with { Age = TimeSpan.FromSeconds(2) });
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(5)), (born, unborn));
        Assert.Equal(TimeSpan.FromSeconds(5), _denylist.Age);
    }

    [Fact]
    public void A_kill_of_ones_own_does_not_make_the_replica_younger()
    {
        _denylist.Merge(Page(0));
        _clock.Advance(TimeSpan.FromSeconds(20));

        _denylist.Merge([new RevocationEntry.Family(Token().Session, RevocationReason.Logout, Until)], FakeFeed.Retention);

        Assert.Equal(TimeSpan.FromSeconds(20), _denylist.Age);
    }

    [Fact]
    public async Task A_watch_fires_once_for_its_own_token()
    {
        var (token, other) = (Token(), Token("bob"));
        using var watch = _denylist.Watch(token);
        using var bystander = _denylist.Watch(other);
        var fired = new TaskCompletionSource();
        var count = 0;
        watch.Revoked.Register(() =>
        {
            count++;
            fired.SetResult();
        });

        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)], FakeFeed.Retention);
        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)], FakeFeed.Retention);
        await fired.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, count);
        Assert.False(bystander.Revoked.IsCancellationRequested);
    }

    [Fact]
    public void A_watch_over_a_dead_token_has_fired_already()
    {
        var token = Token();
        _denylist.Merge([new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until)], FakeFeed.Retention);

        using var watch = _denylist.Watch(token);

        Assert.True(watch.Revoked.IsCancellationRequested);
    }

    [Fact]
    public void A_closed_watch_is_fired_without_harm()
    {
        var watch = _denylist.Watch(Token());
        watch.Dispose();

        watch.Fire();

        Assert.Throws<ObjectDisposedException>(() => watch.Revoked.WaitHandle);
    }

    [Fact]
    public async Task No_watch_is_missed_while_entries_arrive()
    {
        for (var round = 0; round < 200; round++)
        {
            var denylist = new Denylist(_clock);
            var tokens = Enumerable.Range(0, 2).Select(_ => Token()).ToList();
            using var start = new Barrier(tokens.Count + 1);
            var watching = tokens.Select(token => Task.Run(() =>
            {
                start.SignalAndWait();
                return denylist.Watch(token);
            })).ToList();
            var merging = Task.Run(() =>
            {
                start.SignalAndWait();
                denylist.Merge([.. tokens.Select(token => new RevocationEntry.Family(token.Session, RevocationReason.Logout, Until))], FakeFeed.Retention);
            });

            var watches = await Task.WhenAll(watching);
            await merging;

            Assert.All(watches, watch => Assert.True(watch.Revoked.IsCancellationRequested));
            Array.ForEach(watches, watch => watch.Dispose());
        }
    }

    [Fact]
    public async Task Merging_from_many_sides_loses_nothing()
    {
        var user = Token().Session.User;
        var pages = Enumerable.Range(1, 400).Select(i => new RevocationEntry.User(
            user, new Subject("alice"), new UserFloors(i, 400 - i, i % 7), RevocationReason.PasswordChanged, Until)).ToList();

        await Task.WhenAll(pages.Select(entry => Task.Run(() => _denylist.Merge([entry], FakeFeed.Retention))));

        Assert.Equal(new UserFloors(400, 399, 6), _denylist.KnowledgeOf(user).Floors);
    }

    private static TokenIdentity Token(string user = "alice", long generation = 5, string jti = "jti", string kid = "kid")
        => new(TestIssuer.NewSession(user), jti, kid, generation);

    private RevocationEntry.User UserEntry(TokenIdentity token, long generation, long floor = 0)
        => new(token.Session.User, new Subject("alice"), new UserFloors(generation, floor, 0), RevocationReason.PasswordChanged, Until);

    private static RevocationPage Page(long position, params RevocationEntry[] entries)
        => new(entries, FakeFeed.CursorAt(position), TimeSpan.Zero, FakeFeed.Retention, IsSnapshot: false);

    private Denial After(RevocationEntry entry, TokenIdentity token)
    {
        var denylist = new Denylist(_clock);
        denylist.Merge([entry], FakeFeed.Retention);
        return denylist.Check(token);
    }
}
