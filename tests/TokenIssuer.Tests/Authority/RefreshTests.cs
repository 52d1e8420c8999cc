using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Authority;

public sealed class RefreshTests
{
    private static readonly TimeSpan s_pastTheWindow = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_refresh_gives_the_successor_and_spends_the_token()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromMinutes(10));

        var second = await issuer.RefreshAsync(first.RefreshToken);

        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(TimeSpan.FromMinutes(30), second.IdleExpiresIn);
        Assert.Equal(TimeSpan.FromHours(12) - TimeSpan.FromMinutes(10), second.SessionExpiresIn);
        Assert.Equal(
            issuer.Clock.Now.ToUnixTimeSeconds() - 600,
            Issuer.ClaimsOf(second.AccessToken).GetProperty("auth_time").GetInt64());
        issuer.Clock.Advance(s_pastTheWindow);
        Assert.True(await issuer.IsAliveAsync(second.RefreshToken));
    }

    [Fact]
    public async Task Within_the_window_the_predecessor_gets_the_same_successor_byte_for_byte()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(TimeSpan.FromSeconds(29));

        var replayed = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal(second.RefreshToken, replayed.RefreshToken);
        Assert.NotEqual(second.AccessToken.Reveal(), replayed.AccessToken.Reveal());
        Assert.Equal(second.SessionId, replayed.SessionId);
    }

    [Fact]
    public async Task A_successor_is_the_same_on_every_issuer()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var first = await issuer.LogInAsync();

        var (here, there) = (await issuer.RefreshAsync(first.RefreshToken), await other.RefreshAsync(first.RefreshToken));

        Assert.Equal(here.RefreshToken, there.RefreshToken);
    }

    [Fact]
    public async Task A_successor_is_the_same_across_a_rotation_of_the_refresh_key()
    {
        await using var issuer = await Issuer.StartAsync(options => options.IdleTimeout = options.AbsoluteLifetime = TimeSpan.FromDays(60));
        issuer.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(10));
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        Assert.Equal(1, issuer.RefreshKeys.Current.Number);

        issuer.Clock.Advance(TimeSpan.FromSeconds(10));
        issuer.RefreshKeys.Load();
        issuer.Clock.Advance(TimeSpan.FromSeconds(10));
        var replayed = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal(second.RefreshToken, replayed.RefreshToken);
        issuer.Clock.Advance(TimeSpan.FromMinutes(2));
        issuer.RefreshKeys.Load();
        Assert.Equal(2, issuer.RefreshKeys.Current.Number);
        Assert.True(await issuer.IsAliveAsync(second.RefreshToken));
    }

    [Fact]
    public async Task A_reused_token_revokes_its_family_and_nothing_else()
    {
        await using var issuer = await Issuer.StartAsync();
        var (stolen, otherDevice) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        var second = await issuer.RefreshAsync(stolen.RefreshToken);
        issuer.Clock.Advance(s_pastTheWindow);

        var outcome = await issuer.TryRefreshAsync(stolen.RefreshToken);

        Assert.Equal(new RefreshOutcome.Reused(issuer.Directory.SubjectOf("alice"), stolen.SessionId), outcome);
        Assert.False(issuer.IsAlive(stolen.AccessToken));
        Assert.False(issuer.IsAlive(second.AccessToken));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(second.RefreshToken));
        Assert.True(issuer.IsAlive(otherDevice.AccessToken));
        Assert.True(await issuer.IsAliveAsync(otherDevice.RefreshToken));
    }

    [Fact]
    public async Task With_reuse_scope_user_a_reused_token_revokes_everything_of_the_user()
    {
        await using var issuer = await Issuer.StartAsync(options => options.ReuseScope = ReuseScope.User);
        issuer.Directory.Add("bob");
        var (stolen, otherDevice, bob) = (await issuer.LogInAsync(), await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        await issuer.RefreshAsync(stolen.RefreshToken);
        issuer.Clock.Advance(s_pastTheWindow);

        Assert.IsType<RefreshOutcome.Reused>(await issuer.TryRefreshAsync(stolen.RefreshToken));

        Assert.False(issuer.IsAlive(otherDevice.AccessToken));
        Assert.False(await issuer.IsAliveAsync(otherDevice.RefreshToken));
        Assert.True(issuer.IsAlive(bob.AccessToken));
        Assert.True(await issuer.IsAliveAsync(bob.RefreshToken));
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_to_the_same_request_until_its_token_is_used()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var lost = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(first.RefreshToken, idempotencyKey: "request-0001"));
        issuer.Clock.Advance(TimeSpan.FromMinutes(9));

        var again = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(first.RefreshToken, idempotencyKey: "request-0001"));
        Assert.Equal(lost.Answer.RefreshToken, again.Answer.RefreshToken);

        await issuer.RefreshAsync(again.Answer.RefreshToken);
        Assert.IsType<RefreshOutcome.Reused>(await issuer.TryRefreshAsync(first.RefreshToken, idempotencyKey: "request-0001"));
    }

    [Theory]
    [InlineData("request-0002")]
    [InlineData(null)]
    public async Task A_thief_without_the_idempotency_key_gets_no_lost_answer(string? key)
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        await issuer.TryRefreshAsync(first.RefreshToken, idempotencyKey: "request-0001");
        issuer.Clock.Advance(TimeSpan.FromMinutes(9));

        Assert.IsType<RefreshOutcome.Reused>(await issuer.TryRefreshAsync(first.RefreshToken, idempotencyKey: key));
    }

    [Theory]
    [InlineData("agent", false)]
    [InlineData("another agent", true)]
    [InlineData(null, true)]
    public async Task A_replay_by_another_agent_is_told_apart(string? agent, bool isForeign)
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        await issuer.RefreshAsync(first.RefreshToken);

        var replay = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(first.RefreshToken, Issuer.Request with { Agent = agent }));

        Assert.Equal(isForeign, replay.IsForeignReplay);
    }

    [Fact]
    public async Task A_first_refresh_by_another_agent_is_no_replay()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();

        var outcome = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(first.RefreshToken, Issuer.Request with { Agent = "another" }));

        Assert.False(outcome.IsForeignReplay);
    }

    [Fact]
    public async Task Another_client_gets_nothing_and_harms_nobody()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(s_pastTheWindow);
        var current = await issuer.LogInAsync();
        var foreign = Issuer.Request with { ClientId = "other" };

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(current.RefreshToken, foreign));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(first.RefreshToken, foreign));

        Assert.True(issuer.IsAlive(first.AccessToken));
        Assert.True(await issuer.IsAliveAsync(current.RefreshToken));
    }

    [Fact]
    public async Task A_scope_narrows_for_one_access_token_and_never_widens()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        Assert.True(Scope.TryParse("notes:read", out var narrow));
        Assert.True(Scope.TryParse("notes:read admin", out var wide));

        Assert.IsType<RefreshOutcome.InvalidScope>(await issuer.TryRefreshAsync(first.RefreshToken, Issuer.Request with { Scope = wide }));
        var narrowed = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.TryRefreshAsync(first.RefreshToken, Issuer.Request with { Scope = narrow }));
        var full = await issuer.RefreshAsync(narrowed.Answer.RefreshToken);

        Assert.Equal("notes:read", Issuer.ClaimsOf(narrowed.Answer.AccessToken).GetProperty("scope").GetString());
        Assert.Equal("notes:read notes:write", Issuer.ClaimsOf(full.AccessToken).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_session_that_idles_ends()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        var second = await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(second.RefreshToken));
    }

    [Fact]
    public async Task A_session_ends_at_its_absolute_end_and_so_does_its_last_access_token()
    {
        await using var issuer = await Issuer.StartAsync(options => options.AbsoluteLifetime = TimeSpan.FromMinutes(40));
        var answer = await issuer.LogInAsync();
        var end = issuer.Clock.Now + TimeSpan.FromMinutes(40);
        for (var minutes = 0; minutes < 39; minutes += 13)
        {
            issuer.Clock.Advance(TimeSpan.FromMinutes(13));
            answer = await issuer.RefreshAsync(answer.RefreshToken);
        }

        Assert.Equal(TimeSpan.FromMinutes(1), answer.ExpiresIn);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), (answer.SessionExpiresIn, answer.IdleExpiresIn));
        Assert.Equal(end.ToUnixTimeSeconds(), Issuer.ClaimsOf(answer.AccessToken).GetProperty("exp").GetInt64());
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(answer.RefreshToken));
    }

    [Fact]
    public async Task Changed_roles_kill_the_access_tokens_and_come_with_the_next_refresh()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Directory.SetRoles("alice", "editor");

        await issuer.RevokeAsync(new RevocationTarget.AccessTokensOf(issuer.Directory.SubjectOf("alice")), RevocationReason.RolesChanged);

        Assert.False(issuer.IsAlive(first.AccessToken));
        var second = await issuer.RefreshAsync(first.RefreshToken);
        Assert.True(issuer.IsAlive(second.AccessToken));
        Assert.Equal("editor", Issuer.ClaimsOf(second.AccessToken).GetProperty("roles")[0].GetString());
    }

    [Fact]
    public async Task A_user_who_is_gone_is_refused_and_the_session_ends()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Directory.Disable("alice");

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(first.RefreshToken));

        Assert.False(issuer.IsAlive(first.AccessToken));
        Assert.Null(await issuer.Authority.FindOwnerAsync(first.SessionId, CancellationToken.None));
    }

    [Fact]
    public async Task A_strangers_text_never_reaches_the_store()
    {
        await using var issuer = await Issuer.StartAsync();
        var store = Substitute.For<ITokenFamilyStore>();
        var authority = issuer.AuthorityOn(store);
        var real = (await issuer.LogInAsync()).RefreshToken.Reveal();
        string[] texts = ["", "garbage", new('A', 110), real[1..], real + "A", real + "=", $"{real[..50]}{(real[50] == 'A' ? 'B' : 'A')}{real[51..]}"];

        foreach (var text in texts)
        {
            Assert.IsType<RefreshOutcome.InvalidGrant>(await authority.RefreshAsync(new RefreshToken(text), Issuer.Request, null, CancellationToken.None));
            Assert.False(authority.TryFindSession(new RefreshToken(text), out _));
        }

        Assert.Empty(store.ReceivedCalls());
        await Assert.ThrowsAnyAsync<Exception>(() => authority.RefreshAsync(new RefreshToken(real), Issuer.Request, null, CancellationToken.None));
        Assert.Single(store.ReceivedCalls());
        Assert.True(await issuer.IsAliveAsync(new RefreshToken(real)));
    }

    [Fact]
    public async Task A_token_of_another_family_secret_is_refused_and_harms_nobody()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var forged = new RefreshTokenSeal(issuer.RefreshKeys).Seal(new SealedClaims(first.SessionId, 1, FamilySecret.New()), 1);

        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(forged));

        Assert.True(issuer.IsAlive(first.AccessToken));
        Assert.True(await issuer.IsAliveAsync(first.RefreshToken));
    }
}
