using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Authority;

public sealed class LoginTests
{
    [Fact]
    public async Task A_login_answers_with_a_session_and_its_first_tokens()
    {
        await using var issuer = await Issuer.StartAsync();

        var outcome = Assert.IsType<LoginOutcome.LoggedIn>(await issuer.TryLogInAsync());

        var answer = outcome.Answer;
        var claims = Issuer.ClaimsOf(answer.AccessToken);
        Assert.Equal("alice", outcome.User.Username);
        Assert.Empty(outcome.Evicted);
        Assert.Equal(TimeSpan.FromMinutes(5), answer.ExpiresIn);
        Assert.Equal(TimeSpan.FromMinutes(30), answer.IdleExpiresIn);
        Assert.Equal(TimeSpan.FromHours(12), answer.SessionExpiresIn);
        Assert.Equal("notes:read notes:write", answer.Scope.ToString());
        Assert.Equal(answer.SessionId.ToString(), claims.GetProperty("sid").GetString());
        Assert.Equal("id-of-alice", claims.GetProperty("sub").GetString());
        Assert.Equal(issuer.Clock.Now.ToUnixTimeSeconds(), claims.GetProperty("auth_time").GetInt64());
        Assert.True(issuer.IsAlive(answer.AccessToken));
        Assert.True(await issuer.IsAliveAsync(answer.RefreshToken));
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("nobody", "wrong")]
    [InlineData("ALICE", null)]
    [InlineData("", "")]
    public async Task Wrong_credentials_start_no_session(string username, string? password)
    {
        await using var issuer = await Issuer.StartAsync();

        var refused = Assert.IsType<LoginOutcome.Refused>(await issuer.TryLogInAsync(username, password));

        Assert.Equal(CredentialVerdict.Wrong, refused.Verdict);
        Assert.Empty(await SessionsOfAliceAsync(issuer));
    }

    [Theory]
    [InlineData(CredentialVerdict.SecondFactorRequired)]
    [InlineData(CredentialVerdict.LockedOut)]
    [InlineData(CredentialVerdict.Disabled)]
    public async Task A_right_password_that_is_not_enough_starts_no_session(CredentialVerdict verdict)
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Directory.SetVerdict("alice", verdict);

        var refused = Assert.IsType<LoginOutcome.Refused>(await issuer.TryLogInAsync());

        Assert.Equal((verdict, issuer.Directory.SubjectOf("alice")), (refused.Verdict, refused.Subject));
        Assert.Empty(await SessionsOfAliceAsync(issuer));
    }

    [Fact]
    public async Task A_user_who_is_disabled_while_the_password_is_verified_gets_no_session()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Directory.AfterVerifying = () =>
        {
            issuer.Directory.Disable("alice");
            return Task.CompletedTask;
        };

        var refused = Assert.IsType<LoginOutcome.Refused>(await issuer.TryLogInAsync());

        Assert.Equal(CredentialVerdict.Disabled, refused.Verdict);
        Assert.Empty(await SessionsOfAliceAsync(issuer));
    }

    [Theory]
    [InlineData("", "notes:read notes:write")]
    [InlineData("  ", "notes:read notes:write")]
    [InlineData("notes:read", "notes:read")]
    [InlineData("admin", null)]
    [InlineData("notes:read admin", null)]
    public async Task A_scope_is_one_that_users_may_have_and_none_means_all(string asked, string? granted)
    {
        await using var issuer = await Issuer.StartAsync();
        Assert.True(Scope.TryParse(asked, out var scope));

        var outcome = await issuer.TryLogInAsync(request: Issuer.Request with { Scope = scope });

        Assert.Equal(granted, (outcome as LoginOutcome.LoggedIn)?.Answer.Scope.ToString());
        Assert.Equal(granted is null, outcome is LoginOutcome.InvalidScope);
    }

    [Fact]
    public async Task Over_the_cap_the_oldest_session_ends_with_its_access_tokens()
    {
        await using var issuer = await Issuer.StartAsync(options => options.MaxSessionsPerUser = 2);
        var oldest = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromSeconds(1));
        var kept = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromSeconds(1));

        var outcome = Assert.IsType<LoginOutcome.LoggedIn>(await issuer.TryLogInAsync());

        Assert.Equal([oldest.SessionId], outcome.Evicted);
        Assert.False(issuer.IsAlive(oldest.AccessToken));
        Assert.False(await issuer.IsAliveAsync(oldest.RefreshToken));
        Assert.True(issuer.IsAlive(kept.AccessToken));
        Assert.True(await issuer.IsAliveAsync(kept.RefreshToken));
        Assert.True(await issuer.IsAliveAsync(outcome.Answer.RefreshToken));
    }

    [Fact]
    public async Task Over_the_cap_a_login_can_be_refused_but_only_with_the_right_password()
    {
        await using var issuer = await Issuer.StartAsync(options =>
        {
            options.MaxSessionsPerUser = 1;
            options.SessionLimitPolicy = SessionLimitPolicy.Refuse;
        });
        var first = await issuer.LogInAsync();

        Assert.IsType<LoginOutcome.SessionLimitReached>(await issuer.TryLogInAsync());
        Assert.IsType<LoginOutcome.Refused>(await issuer.TryLogInAsync(password: "wrong"));

        Assert.True(await issuer.IsAliveAsync(first.RefreshToken));
    }

    [Theory]
    [InlineData(1, "admin")]
    [InlineData(1, "editor", "admin")]
    [InlineData(1, "Admin")]
    [InlineData(2, "editor")]
    [InlineData(3)]
    [InlineData(3, "guest")]
    public async Task The_lowest_cap_of_a_users_roles_counts(int cap, params string[] roles)
    {
        await using var issuer = await Issuer.StartAsync(options =>
        {
            options.MaxSessionsPerUser = 3;
            options.MaxSessionsPerRole["admin"] = 1;
            options.MaxSessionsPerRole["editor"] = 2;
            options.MaxSessionsPerRole["guest"] = 9;
        });
        issuer.Directory.SetRoles("alice", roles);

        for (var login = 0; login < 4; login++)
        {
            await issuer.LogInAsync();
        }

        Assert.Equal(cap, (await SessionsOfAliceAsync(issuer)).Count);
    }

    private static Task<IReadOnlyList<Session>> SessionsOfAliceAsync(Issuer issuer)
        => issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None);
}
