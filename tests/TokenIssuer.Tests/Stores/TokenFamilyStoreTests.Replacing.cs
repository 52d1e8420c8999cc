using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Theory]
    [InlineData(SessionLimitPolicy.EvictOldest)]
    [InlineData(SessionLimitPolicy.Refuse)]
    public async Task At_the_cap_a_session_that_is_replaced_ends_and_no_other(SessionLimitPolicy policy)
    {
        var user = new TestUser();
        var oldest = await LogInSoonAsync(user);
        var own = await LogInSoonAsync(user);
        var before = await Node.TailAsync();

        var outcome = await Store.StartFamilyAsync(
            await NewStartAsync(user) with { MaxSessions = 2, LimitPolicy = policy, Replaces = own.Session.Family }, Nothing, Cancelled);

        var started = Assert.IsType<FamilyStarted.Started>(outcome);
        var ended = Assert.IsType<RevocationEntry.Family>(Assert.Single(started.Ended));
        Assert.Equal((own.Session, RevocationReason.Replaced), (ended.Session, ended.Reason));
        Assert.Equal(started.Ended, (await Node.ReadAsync(before)).Entries);
        Assert.Equal(RotationVerdict.Missing, (await RefreshAsync(own)).Verdict);
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(oldest)).Verdict);
        Assert.Equal(2, (await ListAsync(user)).Count);
    }

    [Fact]
    public async Task A_cap_below_the_sessions_that_are_left_still_evicts_the_oldest()
    {
        var user = new TestUser();
        var oldest = await LogInSoonAsync(user);
        var newer = await LogInSoonAsync(user);
        var own = await LogInSoonAsync(user);

        var outcome = await Store.StartFamilyAsync(await NewStartAsync(user) with { MaxSessions = 2, Replaces = own.Session.Family }, Nothing, Cancelled);

        var started = Assert.IsType<FamilyStarted.Started>(outcome);
        Assert.Equal(
            [(own.Session, RevocationReason.Replaced), (oldest.Session, RevocationReason.SessionEvicted)],
            started.Ended.Cast<RevocationEntry.Family>().Select(entry => (entry.Session, entry.Reason)));
        Assert.Equal([started.Family.Session, newer.Session], (await ListAsync(user)).Select(family => family.Session));
    }

    [Fact]
    public async Task A_login_that_starts_nothing_replaces_nothing()
    {
        var user = new TestUser();
        await LogInSoonAsync(user);
        var own = await LogInSoonAsync(user);
        var start = await NewStartAsync(user) with { MaxSessions = 1, LimitPolicy = SessionLimitPolicy.Refuse, Replaces = own.Session.Family };
        var before = await Node.TailAsync();

        var full = await Store.StartFamilyAsync(start, Nothing, Cancelled);
        var overtaken = await Store.StartFamilyAsync(start with { ExpectedGeneration = start.ExpectedGeneration - 1 }, Nothing, Cancelled);

        Assert.IsType<FamilyStarted.LimitReached>(full);
        Assert.IsType<FamilyStarted.GenerationMoved>(overtaken);
        Assert.Equal(before, await Node.TailAsync());
        Assert.True(await IsAliveAsync(own));
        Assert.IsType<FamilyStarted.Started>(await Store.StartFamilyAsync(start with { MaxSessions = 2 }, Nothing, Cancelled));
    }

    [Fact]
    public async Task A_replaced_session_is_logged_once_also_when_it_has_idled_out_or_was_never_there()
    {
        var user = new TestUser();
        var idle = await LogInAsync(user);
        Clock.Advance(TimeSpan.FromMinutes(30));

        var first = await ReplaceAsync(user, idle.Session.Family);
        var again = await ReplaceAsync(user, idle.Session.Family);
        var unknown = await ReplaceAsync(user, FamilyId.New());

        Assert.Equal(idle.Session, Assert.IsType<RevocationEntry.Family>(Assert.Single(first.Ended)).Session);
        Assert.Empty(again.Ended);
        Assert.Single(unknown.Ended);
        Assert.Equal(3, (await ListAsync(user)).Count);
    }

    [Fact]
    public async Task Many_browsers_that_sign_in_anew_at_once_end_their_own_session_and_no_other()
    {
        const int Browsers = 8;
        var user = new TestUser();
        var other = await OpenAnotherAsync();
        var generation = (await FloorsOfAsync(user)).Generation;
        var own = new List<TokenFamily>();
        for (var i = 0; i < Browsers; i++)
        {
            own.Add(await LogInSoonAsync(user));
        }

        for (var round = 0; round < 10; round++)
        {
            var outcomes = await Task.WhenAll(own.Select((family, i) => (i % 2 == 0 ? Store : other.Store).StartFamilyAsync(
                user.Start(generation) with { MaxSessions = Browsers, LimitPolicy = SessionLimitPolicy.Refuse, Replaces = family.Session.Family }, Nothing, Cancelled)));

            var started = outcomes.Select(outcome => Assert.IsType<FamilyStarted.Started>(outcome)).ToList();
            Assert.Equal(own.Select(family => family.Session), started.Select(one => Assert.IsType<RevocationEntry.Family>(Assert.Single(one.Ended)).Session));
            own = [.. started.Select(one => one.Family)];
            Assert.Equal(own.Select(family => family.Session).ToHashSet(), (await ListAsync(user)).Select(family => family.Session).ToHashSet());
        }
    }

    [Theory]
    [InlineData(TokenTransport.Cookie, OAuthClient.SpaClientId)]
    [InlineData(TokenTransport.Body, OAuthClient.SpaClientId)]
    [InlineData(TokenTransport.Body, "notes-app")]
    public async Task A_session_remembers_how_its_tokens_travel(TokenTransport transport, string client)
    {
        var user = new TestUser();
        var start = await NewStartAsync(user);
        await Store.StartFamilyAsync(start with { Grant = start.Grant with { Transport = transport, ClientId = client } }, Nothing, Cancelled);

        var listed = Assert.Single(await ListAsync(user));
        var rotated = await RefreshAsync(listed);

        Assert.Equal((transport, client), (listed.Grant.Transport, listed.Grant.ClientId));
        Assert.Equal((RotationVerdict.Rotated, transport), (rotated.Verdict, rotated.Family?.Grant.Transport));
    }

    [Fact]
    public async Task A_session_that_goes_on_with_an_earlier_sign_in_is_as_old_and_ends_when_that_would()
    {
        var user = new TestUser();
        var first = await LogInAsync(user);
        Clock.Advance(TimeSpan.FromMinutes(20));

        var outcome = await Store.StartFamilyAsync(
            await NewStartAsync(user) with { SignedIn = new EarlierSignIn(first.CreatedAt, Clock.Now + TimeSpan.FromMinutes(5)) }, Nothing, Cancelled);

        var family = Assert.IsType<FamilyStarted.Started>(outcome).Family;
        Assert.Equal((first.CreatedAt, Clock.Now + TimeSpan.FromMinutes(5)), (family.CreatedAt, family.AbsoluteEnd));
        Assert.Equal(family.AbsoluteEnd, family.IdleEnd);
        Assert.Contains(family, await ListAsync(user));
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await IsAliveAsync(family));
    }

    private async Task<FamilyStarted.Started> ReplaceAsync(TestUser user, FamilyId replaced)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return Assert.IsType<FamilyStarted.Started>(await Store.StartFamilyAsync(await NewStartAsync(user) with { Replaces = replaced }, Nothing, Cancelled));
    }
}
