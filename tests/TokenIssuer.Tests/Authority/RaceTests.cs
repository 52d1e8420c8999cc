using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Authority;

/// <summary>Everything at once, on two issuers that share a store. What counts is the state afterwards.</summary>
public sealed class RaceTests
{
    private const int Rounds = 200;

    private static readonly TimeSpan s_pastTheWindow = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Fifty_parallel_refreshes_get_one_successor()
    {
        await using var issuer = await Issuer.StartAsync(options => options.MaxSessionsPerUser = Rounds);
        await using var other = await issuer.JoinAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var first = await issuer.LogInAsync();

            var outcomes = await AtOnceAsync(50, number => (number % 2 == 0 ? issuer : other).TryRefreshAsync(first.RefreshToken));

            var successors = outcomes.Select(outcome => Assert.IsType<RefreshOutcome.Refreshed>(outcome).Answer.RefreshToken).Distinct().ToList();
            Assert.True(await issuer.IsAliveAsync(Assert.Single(successors)));
        }

        Assert.Equal(Rounds, (await issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_refresh_against_a_logout_leaves_nothing_alive()
    {
        await using var issuer = await Issuer.StartAsync(options => options.MaxSessionsPerUser = 10_000);
        await using var other = await issuer.JoinAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var first = await issuer.LogInAsync();
            var refreshes = AtOnceAsync(4, _ => other.TryRefreshAsync(first.RefreshToken));
            await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId), RevocationReason.Logout);

            await other.FollowAsync();
            await AssertDeadAsync(first, await refreshes, issuer, other);
        }
    }

    [Fact]
    public async Task A_refresh_against_a_password_change_leaves_only_the_new_session_alive()
    {
        await using var issuer = await Issuer.StartAsync(options => options.MaxSessionsPerUser = 10_000);
        await using var other = await issuer.JoinAsync();
        for (var round = 0; round < Rounds; round++)
        {
            issuer.Directory.Add($"user-{round}");
            var first = await issuer.LogInAsync($"user-{round}");
            var refreshes = AtOnceAsync(4, _ => other.TryRefreshAsync(first.RefreshToken));
            var change = await issuer.ChangePasswordAsync(first, username: $"user-{round}");

            await other.FollowAsync();
            var changed = Assert.IsType<PasswordChangeOutcome.Changed>(change).Answer;
            await AssertDeadAsync(first, await refreshes, issuer, other);
            Assert.True(issuer.IsAlive(changed.AccessToken) && other.IsAlive(changed.AccessToken));
            Assert.True(await other.IsAliveAsync(changed.RefreshToken));
        }
    }

    [Fact]
    public async Task A_login_with_the_old_password_against_a_password_change_leaves_no_session()
    {
        await using var issuer = await Issuer.StartAsync(options => options.MaxSessionsPerUser = 10_000);
        await using var other = await issuer.JoinAsync();
        var started = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var user = issuer.Directory.Add($"user-{round}");
            var oldPassword = TestDirectory.PasswordOf($"user-{round}");
            issuer.Directory.AfterVerifying = () => Task.CompletedTask;
            var own = await issuer.LogInAsync($"user-{round}");

            // The change begins when the first of the logins has verified the old password.
            var verified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            issuer.Directory.AfterVerifying = () =>
            {
                verified.TrySetResult();
                return Task.CompletedTask;
            };
            var logins = AtOnceAsync(4, _ => other.TryLogInAsync($"user-{round}", oldPassword));
            await verified.Task;
            await issuer.ChangePasswordAsync(own, username: $"user-{round}");

            await other.FollowAsync();
            foreach (var login in (await logins).OfType<LoginOutcome.LoggedIn>())
            {
                started++;
                await AssertDeadAsync(login.Answer, [], issuer, other);
            }

            Assert.Single(await issuer.Authority.ListSessionsAsync(user, CancellationToken.None));
        }

        Assert.True(started > 0, "No login was ever as fast as the change: the race was not run.");
    }

    [Fact]
    public async Task A_password_verified_before_the_change_starts_nothing_after_it()
    {
        await using var issuer = await Issuer.StartAsync();
        var user = issuer.Directory.SubjectOf("alice");
        var own = await issuer.LogInAsync();
        issuer.Directory.AfterVerifying = async () =>
        {
            issuer.Directory.AfterVerifying = () => Task.CompletedTask;
            await issuer.ChangePasswordAsync(own);
        };

        var outcome = await issuer.TryLogInAsync();

        Assert.Equal(CredentialVerdict.Wrong, Assert.IsType<LoginOutcome.Refused>(outcome).Verdict);
        Assert.Single(await issuer.Authority.ListSessionsAsync(user, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_started_with_the_old_password_before_the_kill_dies_with_it()
    {
        await using var issuer = await Issuer.StartAsync();
        var own = await issuer.LogInAsync();
        var (changed, mayKill) = (new TaskCompletionSource(), new TaskCompletionSource());
        var verified = new TaskCompletionSource();
        issuer.Directory.AfterVerifying = async () =>
        {
            verified.SetResult();
            await changed.Task;
        };
        issuer.Directory.AfterChanging = async () =>
        {
            changed.SetResult();
            await mayKill.Task;
        };

        var login = issuer.TryLogInAsync();
        await verified.Task;
        issuer.Directory.AfterVerifying = () => Task.CompletedTask;
        var change = issuer.ChangePasswordAsync(own);
        var old = Assert.IsType<LoginOutcome.LoggedIn>(await login).Answer;
        mayKill.SetResult();
        Assert.IsType<PasswordChangeOutcome.Changed>(await change);

        await AssertDeadAsync(old, [], issuer);
    }

    [Fact]
    public async Task A_login_that_is_overtaken_once_starts_over_and_succeeds()
    {
        await using var issuer = await Issuer.StartAsync();
        var kills = 0;
        issuer.Directory.AfterVerifying = () => kills++ == 0 ? KillAsync(issuer) : Task.CompletedTask;

        var answer = await issuer.LogInAsync();

        Assert.Equal(2, kills);
        Assert.True(issuer.IsAlive(answer.AccessToken));
    }

    [Fact]
    public async Task A_login_that_is_overtaken_again_and_again_is_our_failure_after_the_third_time()
    {
        await using var issuer = await Issuer.StartAsync();
        var kills = 0;
        issuer.Directory.AfterVerifying = () =>
        {
            kills++;
            return KillAsync(issuer);
        };

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => issuer.TryLogInAsync());

        Assert.Equal(3, kills);
        Assert.Empty(await issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None));
    }

    [Fact]
    public async Task In_one_tick_of_a_clock_a_session_before_a_kill_is_dead_and_one_after_it_alive()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var user = issuer.Directory.SubjectOf("alice");
        var before = issuer.Clock.Now;

        for (var round = 0; round < 20; round++)
        {
            var first = await issuer.LogInAsync();
            await issuer.RevokeAsync(new RevocationTarget.AllSessions(user), RevocationReason.Logout);
            var second = await issuer.LogInAsync();
            await other.FollowAsync();

            await AssertDeadAsync(first, [], issuer, other);
            Assert.True(issuer.IsAlive(second.AccessToken) && other.IsAlive(second.AccessToken));
            Assert.True(await other.IsAliveAsync(second.RefreshToken));
        }

        Assert.Equal(before, issuer.Clock.Now);
    }

    [Fact]
    public async Task Of_many_who_present_a_stolen_token_late_nobody_gets_anything()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(s_pastTheWindow);

        var outcomes = await AtOnceAsync(50, _ => issuer.TryRefreshAsync(first.RefreshToken));

        Assert.DoesNotContain(outcomes, outcome => outcome is RefreshOutcome.Refreshed);
        Assert.Single(outcomes, outcome => outcome is RefreshOutcome.Reused);
        await AssertDeadAsync(second, [], issuer);
    }

    private static Task<T[]> AtOnceAsync<T>(int count, Func<int, Task<T>> act)
        => Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => act(number))));

    private static Task<RevocationReceipt> KillAsync(Issuer issuer)
        => issuer.RevokeAsync(new RevocationTarget.AccessTokensOf(issuer.Directory.SubjectOf("alice")), RevocationReason.RolesChanged);

    /// <summary>Nothing that a session was ever given is accepted anywhere.</summary>
    private static async Task AssertDeadAsync(TokenAnswer first, IReadOnlyList<RefreshOutcome> refreshes, params Issuer[] issuers)
    {
        var answers = refreshes.OfType<RefreshOutcome.Refreshed>().Select(outcome => outcome.Answer).Prepend(first).ToList();
        foreach (var issuer in issuers)
        {
            Assert.All(answers, answer => Assert.False(issuer.IsAlive(answer.AccessToken)));
            foreach (var token in answers.Select(answer => answer.RefreshToken).Distinct<RefreshToken>())
            {
                Assert.False(await issuer.IsAliveAsync(token));
            }
        }
    }
}
