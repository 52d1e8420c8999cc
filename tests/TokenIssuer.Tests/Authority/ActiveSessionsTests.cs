using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Families;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Authority;

public sealed class ActiveSessionsTests
{
    [Fact]
    public async Task A_session_counts_once_however_often_it_refreshes()
    {
        await using var issuer = await Issuer.StartAsync();
        var token = (await issuer.LogInAsync()).RefreshToken;
        for (var refreshes = 0; refreshes < 5; refreshes++)
        {
            issuer.Clock.Advance(TimeSpan.FromMinutes(1));
            token = (await issuer.RefreshAsync(token)).RefreshToken;
        }

        Assert.Equal(1, CountOf(issuer));
    }

    [Fact]
    public async Task A_session_that_asks_for_nothing_counts_for_the_life_of_its_access_token()
    {
        await using var issuer = await Issuer.StartAsync();
        await issuer.LogInAsync();

        issuer.Clock.Advance(issuer.Options.AccessTokenLifetime);
        var before = CountOf(issuer);
        issuer.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, before);
        Assert.Equal(0, CountOf(issuer));
    }

    [Fact]
    public async Task What_was_revoked_counts_no_more_on_whichever_issuer_it_was_asked_for()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        issuer.Directory.Add("bob");
        var alice = issuer.Directory.SubjectOf("alice");
        var (first, _, _) = (await issuer.LogInAsync(), await issuer.LogInAsync(), await issuer.LogInAsync());
        var (_, spent) = (await issuer.LogInAsync("bob"), await issuer.LogInAsync("bob"));
        var counts = new List<long> { CountOf(issuer) };

        await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId));
        counts.Add(CountOf(issuer));
        await issuer.RevokeAsync(new RevocationTarget.AccessTokensOf(alice));
        counts.Add(CountOf(issuer));
        await other.RevokeAsync(new RevocationTarget.AllSessions(alice));
        await issuer.FollowAsync();
        counts.Add(CountOf(issuer));
        await issuer.RefreshAsync(spent.RefreshToken);
        issuer.Clock.Advance(issuer.Options.ConcurrencyWindow + TimeSpan.FromSeconds(1));
        Assert.False(await issuer.IsAliveAsync(spent.RefreshToken));
        counts.Add(CountOf(issuer));
        await issuer.RevokeAsync(new RevocationTarget.Everything());
        counts.Add(CountOf(issuer));

        // New roles end access tokens, not sessions.
        Assert.Equal([5, 4, 4, 2, 1, 0], counts);
    }

    [Fact]
    public void More_sessions_than_can_be_kept_are_counted_on_a_sample()
    {
        var clock = new ManualClock();
        var denylist = new Denylist(clock);
        var active = new ActiveSessions(clock, TimeSpan.FromMinutes(5));
        for (var sessions = 0; sessions < 100_000; sessions++)
        {
            active.Add(Sample.Family with { Session = new SessionId(default, FamilyId.New()) });
        }

        var many = active.Count(denylist);
        clock.Advance(TimeSpan.FromMinutes(6));
        var none = active.Count(denylist);
        active.Add(Sample.Family);
        var one = active.Count(denylist);

        // Six standard deviations of a sample of half the limit.
        Assert.InRange(many, 86_000, 114_000);
        Assert.Equal(0, none);
        Assert.Equal(1, one);
    }

    private static long CountOf(Issuer issuer) => issuer.Activity.CountActiveSessions(issuer.Denylist);
}
