using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task A_started_family_is_listed_with_everything_the_login_granted()
    {
        var user = new TestUser();
        var start = await NewStartAsync(user);

        var outcome = await Store.StartFamilyAsync(start, Nothing, Cancelled);

        var started = Assert.IsType<FamilyStarted.Started>(outcome);
        Assert.Equal(start.ToFamily(started.Now), started.Family);
        Assert.Empty(started.Ended);
        Assert.Equal(started.Family, Assert.Single(await ListAsync(user)));
    }

    [Fact]
    public async Task A_family_without_device_agent_address_and_scope_is_kept_as_it_is()
    {
        var user = new TestUser();
        var start = await NewStartAsync(user);
        start = start with { Origin = SessionOrigin.Unknown, Grant = start.Grant with { Scope = Scope.None, Binding = "thumbprint" } };

        await Store.StartFamilyAsync(start, Nothing, Cancelled);

        var family = Assert.Single(await ListAsync(user));
        Assert.Equal(SessionOrigin.Unknown, family.Origin);
        Assert.Equal(start.Grant, family.Grant);
    }

    [Fact]
    public async Task The_time_of_a_step_is_the_clock_in_whole_milliseconds()
    {
        Clock.Advance(TimeSpan.FromTicks(12_345));
        var expected = DateTimeOffset.FromUnixTimeMilliseconds(Clock.Now.ToUnixTimeMilliseconds());

        var family = await LogInAsync(new TestUser());
        var rotation = await RefreshAsync(family);

        Assert.Equal(expected, family.CreatedAt);
        Assert.Equal(expected, rotation.Now);
    }

    [Fact]
    public async Task A_user_nobody_has_heard_of_stands_at_the_generation_of_everybody()
    {
        var standing = await Store.ReadUserAsync(new TestUser().Key, Nothing, Cancelled);

        Assert.Null(standing.Subject);
        Assert.Equal(UserFloors.All(standing.Floors.Generation), standing.Floors);
        Assert.True(standing.Floors.Generation > Clock.Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Reading_a_user_merges_what_the_caller_knows_and_writes_nothing()
    {
        var user = new TestUser();
        var own = await FloorsOfAsync(user);
        var known = new UserFloors(own.Generation + 30, own.Floor + 20, 0);

        var standing = await Store.ReadUserAsync(user.Key, new Knowledge(known, null), Cancelled);

        Assert.Equal(new UserFloors(own.Generation + 30, own.Floor + 20, own.ApiFloor), standing.Floors);
        Assert.Equal(own, await FloorsOfAsync(user));
    }

    [Fact]
    public async Task A_login_that_read_the_generation_before_a_kill_starts_nothing()
    {
        var user = new TestUser();
        var overtaken = await NewStartAsync(user);
        await KillAsync(user, KillReach.Everything);

        var late = await Store.StartFamilyAsync(overtaken, Nothing, Cancelled);
        var again = await Store.StartFamilyAsync(await NewStartAsync(user), Nothing, Cancelled);

        Assert.IsType<FamilyStarted.GenerationMoved>(late);
        Assert.IsType<FamilyStarted.Started>(again);
        Assert.Single(await ListAsync(user));
    }

    [Fact]
    public async Task A_login_that_read_less_than_the_caller_knows_meanwhile_starts_nothing()
    {
        var user = new TestUser();
        var start = await NewStartAsync(user);
        var known = new Knowledge(UserFloors.All(start.ExpectedGeneration + 1), null);

        var late = await Store.StartFamilyAsync(start, known, Cancelled);
        var again = await Store.StartFamilyAsync(start with { ExpectedGeneration = start.ExpectedGeneration + 1 }, known, Cancelled);

        Assert.IsType<FamilyStarted.GenerationMoved>(late);
        Assert.Equal(start.ExpectedGeneration + 1, Assert.IsType<FamilyStarted.Started>(again).Family.Birth);
    }

    [Fact]
    public async Task A_login_stores_the_generation_it_was_born_with_for_its_user()
    {
        var user = new TestUser();
        var generation = (await FloorsOfAsync(user)).Generation + 5;

        await Store.StartFamilyAsync(user.Start(generation), new Knowledge(new UserFloors(generation, 0, 0), null), Cancelled);

        var standing = await Store.ReadUserAsync(user.Key, Nothing, Cancelled);
        Assert.Equal(generation, standing.Floors.Generation);
        Assert.True(standing.Floors.Floor < generation);
        Assert.Equal(user.Subject, standing.Subject);
    }

    [Fact]
    public async Task At_the_cap_the_oldest_session_is_evicted_and_logged()
    {
        var user = new TestUser();
        var oldest = await LogInSoonAsync(user);
        var newer = await LogInSoonAsync(user);
        var bystander = await LogInSoonAsync(new TestUser());
        var before = await Node.TailAsync();

        var outcome = await Store.StartFamilyAsync(await NewStartAsync(user) with { MaxSessions = 2 }, Nothing, Cancelled);

        var started = Assert.IsType<FamilyStarted.Started>(outcome);
        var evicted = Assert.IsType<RevocationEntry.Family>(Assert.Single(started.Ended));
        Assert.Equal((oldest.Session, RevocationReason.SessionEvicted), (evicted.Session, evicted.Reason));
        Assert.Equal(started.Ended, (await Node.ReadAsync(before)).Entries);
        Assert.Equal([started.Family.Session, newer.Session], (await ListAsync(user)).Select(family => family.Session));
        Assert.Equal(RotationVerdict.Missing, (await RefreshAsync(oldest)).Verdict);
        Assert.True(await IsAliveAsync(bystander));
    }

    [Fact]
    public async Task A_lower_cap_ends_every_session_above_it()
    {
        var user = new TestUser();
        var first = await LogInSoonAsync(user);
        var second = await LogInSoonAsync(user);
        var third = await LogInSoonAsync(user);

        var outcome = await Store.StartFamilyAsync(await NewStartAsync(user) with { MaxSessions = 1 }, Nothing, Cancelled);

        var started = Assert.IsType<FamilyStarted.Started>(outcome);
        Assert.Equal(
            [first.Session, second.Session, third.Session],
            started.Ended.Cast<RevocationEntry.Family>().Select(entry => entry.Session));
        Assert.Equal(started.Family, Assert.Single(await ListAsync(user)));
    }

    [Fact]
    public async Task At_the_cap_a_store_told_to_refuse_writes_nothing()
    {
        var user = new TestUser();
        var only = await LogInAsync(user);
        var before = await Node.TailAsync();
        var start = await NewStartAsync(user) with { MaxSessions = 1, LimitPolicy = SessionLimitPolicy.Refuse };

        var refused = await Store.StartFamilyAsync(start, Nothing, Cancelled);

        Assert.IsType<FamilyStarted.LimitReached>(refused);
        Assert.Equal(only, Assert.Single(await ListAsync(user)));
        Assert.Equal(before, await Node.TailAsync());
        await Store.RevokeFamilyAsync(only.Session, RevocationReason.Logout, Cancelled);
        Assert.IsType<FamilyStarted.Started>(await Store.StartFamilyAsync(start, Nothing, Cancelled));
    }

    [Fact]
    public async Task Sessions_that_are_dead_do_not_count_against_the_cap()
    {
        var user = new TestUser();
        await LogInAsync(user);
        Clock.Advance(TimeSpan.FromMinutes(30));
        var afterExpiry = await Store.StartFamilyAsync(await RefusingAtOneAsync(user), Nothing, Cancelled);
        await KillAsync(user, KillReach.Sessions);

        var afterKill = await Store.StartFamilyAsync(await RefusingAtOneAsync(user), Nothing, Cancelled);
        var full = await Store.StartFamilyAsync(await RefusingAtOneAsync(user), Nothing, Cancelled);

        Assert.IsType<FamilyStarted.Started>(afterExpiry);
        Assert.IsType<FamilyStarted.Started>(afterKill);
        Assert.IsType<FamilyStarted.LimitReached>(full);
    }

    [Fact]
    public async Task A_login_leaves_sessions_alone_that_were_idle_for_longer_than_the_log_remembers()
    {
        var user = new TestUser();
        var idle = await LogInAsync(user);
        Clock.Advance(new TokenIssuerOptions().Retention + TimeSpan.FromMinutes(1));

        var newer = await LogInAsync(user);

        Assert.Equal([newer, idle], await ListAsync(user));
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(idle)).Verdict);
        Clock.Advance(TestUser.Policy.IdleTimeout);
        Assert.Equal([(await LogInAsync(user)).Session], (await ListAsync(user)).Select(family => family.Session));
    }

    [Fact]
    public async Task The_cap_is_exact_when_100_logins_arrive_at_once()
    {
        var user = new TestUser();
        var other = await OpenAnotherAsync();
        var generation = (await FloorsOfAsync(user)).Generation;
        var before = await Node.TailAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            (i % 2 == 0 ? Store : other.Store).StartFamilyAsync(user.Start(generation), Nothing, Cancelled)));

        Assert.All(outcomes, outcome => Assert.IsType<FamilyStarted.Started>(outcome));
        Assert.Equal(10, (await ListAsync(user)).Count);
        Assert.Equal(90, (await Node.ReadAsync(before)).Entries.OfType<RevocationEntry.Family>().DistinctBy(entry => entry.Session).Count());
    }

    [Fact]
    public async Task A_refusing_cap_is_exact_when_100_logins_arrive_at_once()
    {
        var user = new TestUser();
        var other = await OpenAnotherAsync();
        var start = user.Start((await FloorsOfAsync(user)).Generation) with { LimitPolicy = SessionLimitPolicy.Refuse };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            (i % 2 == 0 ? Store : other.Store).StartFamilyAsync(
                start with { Session = new SessionId(user.Key, FamilyId.New()) }, Nothing, Cancelled)));

        Assert.Equal(10, outcomes.OfType<FamilyStarted.Started>().Count());
        Assert.Equal(90, outcomes.OfType<FamilyStarted.LimitReached>().Count());
        Assert.Equal(10, (await ListAsync(user)).Count);
    }

    /// <summary>A moment after the login before, so that it is clear which is older.</summary>
    private async Task<TokenFamily> LogInSoonAsync(TestUser user)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return await LogInAsync(user);
    }

    private async Task<FamilyStart> RefusingAtOneAsync(TestUser user)
        => await NewStartAsync(user) with { MaxSessions = 1, LimitPolicy = SessionLimitPolicy.Refuse };
}
