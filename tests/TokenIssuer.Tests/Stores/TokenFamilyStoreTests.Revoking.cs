using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task A_revoked_family_is_dead_and_logged_and_nothing_else_is_touched()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        var otherDevice = await LogInAsync(user);
        var before = await Node.TailAsync();

        var killed = await Store.RevokeFamilyAsync(family.Session, RevocationReason.EndedByUser, Cancelled);

        var entry = Assert.IsType<RevocationEntry.Family>(Assert.Single(killed.Entries));
        Assert.Equal((1, 0), (killed.Sessions, killed.ApiTokens));
        Assert.Equal((family.Session, RevocationReason.EndedByUser), (entry.Session, entry.Reason));
        Assert.Equal(Clock.Now + new TokenIssuerOptions().Retention, entry.Until);
        Assert.Equal(killed.Entries, (await Node.ReadAsync(before)).Entries);
        Assert.Equal(otherDevice, Assert.Single(await ListAsync(user)));
        Assert.Equal(RotationVerdict.Missing, (await RefreshAsync(family)).Verdict);
    }

    [Fact]
    public async Task Revoking_a_family_without_a_record_is_logged_all_the_same()
    {
        var session = new SessionId(new TestUser().Key, FamilyId.New());
        var before = await Node.TailAsync();

        var killed = await Store.RevokeFamilyAsync(session, RevocationReason.Logout, Cancelled);

        Assert.Equal(0, killed.Sessions);
        Assert.Equal(session, Assert.IsType<RevocationEntry.Family>(Assert.Single(killed.Entries)).Session);
        Assert.Equal(killed.Entries, (await Node.ReadAsync(before)).Entries);
    }

    [Fact]
    public async Task A_session_that_was_dead_already_does_not_count_as_killed()
    {
        var family = await LogInAsync(new TestUser());
        var expired = await LogInAsync(new TestUser());

        var first = await Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled);
        var second = await Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled);
        Clock.Advance(TimeSpan.FromMinutes(30));
        var late = await Store.RevokeFamilyAsync(expired.Session, RevocationReason.Logout, Cancelled);

        Assert.Equal((1, 0, 0), (first.Sessions, second.Sessions, late.Sessions));
        Assert.Single(second.Entries);
        Assert.Single(late.Entries);
    }

    [Fact]
    public async Task Revoking_the_others_keeps_one_family_and_writes_one_entry_for_each_other()
    {
        var user = new TestUser();
        var kept = await LogInAsync(user);
        TokenFamily[] others = [await LogInAsync(user), await LogInAsync(user)];
        var bystander = await LogInAsync(new TestUser());
        var before = await Node.TailAsync();

        var killed = await Store.RevokeOtherFamiliesAsync(kept.Session, RevocationReason.Logout, Cancelled);

        Assert.Equal(2, killed.Sessions);
        Assert.Equal(
            others.Select(family => family.Session).ToHashSet(),
            killed.Entries.Cast<RevocationEntry.Family>().Select(entry => entry.Session).ToHashSet());
        Assert.Equal(killed.Entries, (await Node.ReadAsync(before)).Entries);
        Assert.Equal(kept, Assert.Single(await ListAsync(user)));
        Assert.True(await IsAliveAsync(bystander));
    }

    [Fact]
    public async Task Revoking_the_others_names_an_idle_one_too_whose_last_access_token_may_still_be_good()
    {
        var user = new TestUser();
        var kept = await LogInAsync(user);
        var brief = await NewStartAsync(user) with { IdleTimeout = TimeSpan.FromSeconds(5) };
        await Store.StartFamilyAsync(brief, Nothing, Cancelled);
        Clock.Advance(TimeSpan.FromSeconds(10));

        var killed = await Store.RevokeOtherFamiliesAsync(kept.Session, RevocationReason.Logout, Cancelled);

        Assert.Equal(0, killed.Sessions);
        Assert.Contains(brief.Session, killed.Entries.Cast<RevocationEntry.Family>().Select(entry => entry.Session));
    }

    [Fact]
    public async Task Revoking_the_others_of_an_only_session_writes_nothing()
    {
        var only = await LogInAsync(new TestUser());
        var before = await Node.TailAsync();

        var killed = await Store.RevokeOtherFamiliesAsync(only.Session, RevocationReason.Logout, Cancelled);

        Assert.Equal((0, 0, 0), (killed.Sessions, killed.ApiTokens, killed.Entries.Count));
        Assert.Equal(before, await Node.TailAsync());
        Assert.True(await IsAliveAsync(only));
    }

    [Theory]
    [InlineData(nameof(KillReach.AccessTokens), 0)]
    [InlineData(nameof(KillReach.Sessions), 2)]
    [InlineData(nameof(KillReach.Everything), 2)]
    public async Task A_kill_of_a_user_raises_what_it_reaches_and_counts_what_died(string reach, int sessions)
    {
        var kill = Enum.Parse<KillReach>(reach);
        var user = new TestUser();
        var family = await LogInAsync(user);
        await LogInAsync(user);
        var bystander = await LogInAsync(new TestUser());
        var was = await FloorsOfAsync(user);
        var before = await Node.TailAsync();

        var killed = await KillAsync(user, kill);

        var entry = Assert.IsType<RevocationEntry.User>(Assert.Single(killed.Entries));
        Assert.Equal((sessions, 0), (killed.Sessions, killed.ApiTokens));
        Assert.Equal((user.Key, user.Subject), (entry.UserKey, entry.Subject));
        Assert.Equal(was.Raise(kill, Clock.Now), entry.Floors);
        Assert.Equal(entry.Floors, await FloorsOfAsync(user));
        Assert.Equal(killed.Entries, (await Node.ReadAsync(before)).Entries);
        Assert.Equal(2 - sessions, (await ListAsync(user)).Count);
        Assert.Equal(sessions == 0, (await RefreshAsync(family)).Verdict == RotationVerdict.Rotated);
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(bystander)).Verdict);
    }

    [Fact]
    public async Task A_refresh_after_a_kill_of_access_tokens_alone_carries_the_raised_generation()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        await KillAsync(user, KillReach.AccessTokens);

        var rotation = await RefreshAsync(family);

        Assert.Equal((await FloorsOfAsync(user)).Generation, rotation.Generation);
        Assert.True(rotation.Generation > family.Birth);
    }

    [Fact]
    public async Task A_kill_of_a_user_without_a_record_creates_it()
    {
        var user = new TestUser();

        var killed = await KillAsync(user, KillReach.Everything);

        var standing = await Store.ReadUserAsync(user.Key, Nothing, Cancelled);
        Assert.Equal(0, killed.Sessions);
        Assert.Equal(user.Subject, standing.Subject);
        Assert.Equal(Assert.IsType<RevocationEntry.User>(Assert.Single(killed.Entries)).Floors, standing.Floors);
    }

    [Fact]
    public async Task Two_kills_within_one_millisecond_both_raise_the_generation()
    {
        var user = new TestUser();
        await KillAsync(user, KillReach.Everything);
        var between = await LogInAsync(user);

        await KillAsync(user, KillReach.Everything);

        Assert.Equal(between.Birth + 1, (await FloorsOfAsync(user)).Generation);
        Assert.False(await IsAliveAsync(between));
    }

    [Fact]
    public async Task A_kill_after_the_clock_was_set_back_still_raises_the_generation()
    {
        var user = new TestUser();
        Clock.Advance(TimeSpan.FromHours(1));
        await KillAsync(user, KillReach.Everything);
        var family = await LogInAsync(user);
        Clock.Jump(TimeSpan.FromHours(-2));

        await KillAsync(user, KillReach.Everything);

        Assert.Equal(family.Birth + 1, (await FloorsOfAsync(user)).Generation);
        Assert.False(await IsAliveAsync(family));
    }

    [Fact]
    public async Task A_kill_after_time_has_passed_uses_the_clock()
    {
        var user = new TestUser();
        Clock.Advance(TimeSpan.FromHours(1));

        await KillAsync(user, KillReach.Everything);

        Assert.Equal(UserFloors.All(Clock.Now.ToUnixTimeMilliseconds()), await FloorsOfAsync(user));
    }

    [Fact]
    public async Task A_kill_raises_above_what_the_caller_knows()
    {
        var user = new TestUser();
        var known = UserFloors.All((await FloorsOfAsync(user)).Generation + 1_000_000);

        await Store.RevokeUserAsync(
            user.Key, user.Subject, KillReach.Sessions, RevocationReason.Logout, new Knowledge(known, null), Cancelled);

        Assert.Equal(known.Generation + 1, (await FloorsOfAsync(user)).Generation);
    }

    [Fact]
    public async Task The_list_holds_the_living_families_newest_first()
    {
        var user = new TestUser();
        var idle = await LogInSoonAsync(user);
        Clock.Advance(TimeSpan.FromMinutes(20));
        var older = await LogInSoonAsync(user);
        var newer = await LogInSoonAsync(user);
        var revoked = await LogInSoonAsync(user);
        await Store.RevokeFamilyAsync(revoked.Session, RevocationReason.Logout, Cancelled);
        Clock.Advance(TimeSpan.FromMinutes(15));

        var living = await ListAsync(user);

        Assert.Equal([newer.Session, older.Session], living.Select(family => family.Session));
        Assert.False(await IsAliveAsync(idle));
    }

    [Fact]
    public async Task Counts_are_of_what_is_alive()
    {
        TestUser[] users = [new(), new(), new()];
        await LogInAsync(users[0]);
        Clock.Advance(TimeSpan.FromMinutes(31));
        await LogInAsync(users[0]);
        await LogInAsync(users[0]);
        await LogInAsync(users[1]);
        await LogInAsync(users[2]);
        await KillAsync(users[2], KillReach.Sessions);

        Assert.Equal(2, (await Store.CountAsync(users[0].Key, Cancelled)).Sessions);
        Assert.Equal(0, (await Store.CountAsync(users[2].Key, Cancelled)).Sessions);
        Assert.Equal(0, (await Store.CountAsync(new TestUser().Key, Cancelled)).Sessions);
        Assert.Equal(3, (await Store.CountAsync(null, Cancelled)).Sessions);
        await Store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);
        Assert.Equal(0, (await Store.CountAsync(null, Cancelled)).Sessions);
        Assert.Equal(0, (await Store.CountAsync(users[0].Key, Cancelled)).Sessions);
    }

    [Fact]
    public async Task A_healthy_store_passes_its_check() => await Store.CheckAsync(Cancelled);
}
