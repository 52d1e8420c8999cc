using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Authority;

public sealed class PasswordChangeTests
{
    [Fact]
    public async Task A_changed_password_ends_everything_and_starts_a_new_session()
    {
        await using var issuer = await Issuer.StartAsync();
        var (own, other) = (await issuer.LogInAsync(), await issuer.LogInAsync());

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(await issuer.ChangePasswordAsync(own));

        foreach (var old in new[] { own, other })
        {
            Assert.False(issuer.IsAlive(old.AccessToken));
            Assert.False(await issuer.IsAliveAsync(old.RefreshToken));
        }

        Assert.NotEqual(own.SessionId, changed.Answer.SessionId);
        Assert.True(issuer.IsAlive(changed.Answer.AccessToken));
        Assert.True(await issuer.IsAliveAsync(changed.Answer.RefreshToken));
        Assert.IsType<LoginOutcome.Refused>(await issuer.TryLogInAsync());
        Assert.IsType<LoginOutcome.LoggedIn>(await issuer.TryLogInAsync(password: "a new password"));
    }

    [Theory]
    [InlineData("", "notes:read notes:write")]
    [InlineData("notes:read", "notes:read")]
    public async Task The_new_session_has_the_scope_that_was_asked_for_and_none_means_all(string asked, string granted)
    {
        await using var issuer = await Issuer.StartAsync();
        var session = await issuer.LogInAsync();
        Assert.True(Scope.TryParse(asked, out var scope));

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(
            await issuer.ChangePasswordAsync(session, request: Issuer.Request with { Scope = scope }));

        Assert.Equal(granted, changed.Answer.Scope.ToString());
    }

    [Fact]
    public async Task A_wrong_or_weak_password_ends_nothing()
    {
        await using var issuer = await Issuer.StartAsync();
        var session = await issuer.LogInAsync();

        var wrong = await issuer.ChangePasswordAsync(session, currentPassword: "wrong");
        var weak = Assert.IsType<PasswordChangeOutcome.Weak>(await issuer.ChangePasswordAsync(session, "short"));

        Assert.IsType<PasswordChangeOutcome.Wrong>(wrong);
        Assert.Equal(["Too short."], weak.Reasons);
        Assert.True(issuer.IsAlive(session.AccessToken));
        Assert.True(await issuer.IsAliveAsync(session.RefreshToken));
    }

    [Fact]
    public async Task Who_leaves_once_the_password_is_changed_does_not_keep_the_old_tokens_alive()
    {
        await using var issuer = await Issuer.StartAsync();
        var session = await issuer.LogInAsync();
        using var leaving = new CancellationTokenSource();
        issuer.Directory.AfterChanging = leaving.CancelAsync;

        await issuer.ChangePasswordAsync(session, cancellationToken: leaving.Token);

        Assert.False(issuer.IsAlive(session.AccessToken));
        Assert.False(await issuer.IsAliveAsync(session.RefreshToken));
    }

    [Fact]
    public async Task A_user_who_is_disabled_meanwhile_gets_no_new_session()
    {
        await using var issuer = await Issuer.StartAsync();
        var session = await issuer.LogInAsync();
        issuer.Directory.AfterChanging = () =>
        {
            issuer.Directory.Disable("alice");
            return Task.CompletedTask;
        };

        Assert.IsType<PasswordChangeOutcome.Incomplete>(await issuer.ChangePasswordAsync(session));

        Assert.False(await issuer.IsAliveAsync(session.RefreshToken));
        Assert.Empty(await issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None));
    }

    [Fact]
    public async Task A_second_factor_that_was_not_shown_makes_nothing_fresher_wider_or_longer()
    {
        await using var issuer = await Issuer.StartAsync();
        var old = await issuer.LogInAsync();
        var before = await issuer.SessionOfAsync(old);
        issuer.Clock.Advance(TimeSpan.FromMinutes(20));
        issuer.Directory.SetVerdict("alice", CredentialVerdict.SecondFactorRequired);

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(await issuer.ChangePasswordAsync(old)).Answer;
        var refreshed = await issuer.RefreshAsync(changed.RefreshToken);

        var after = await issuer.SessionOfAsync(changed);
        Assert.Equal((before.CreatedAt, before.AbsoluteEnd, before.Amr), (after.CreatedAt, after.AbsoluteEnd, after.Amr));
        foreach (var token in new[] { changed.AccessToken, refreshed.AccessToken })
        {
            Assert.Equal(before.CreatedAt.ToUnixTimeSeconds(), Issuer.ClaimsOf(token).GetProperty("auth_time").GetInt64());
        }
    }

    [Fact]
    public async Task What_was_proven_in_full_is_a_sign_in_of_its_own()
    {
        await using var issuer = await Issuer.StartAsync();
        var old = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromMinutes(20));

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(await issuer.ChangePasswordAsync(old)).Answer;

        Assert.Equal(issuer.Clock.Now.ToUnixTimeSeconds(), Issuer.ClaimsOf(changed.AccessToken).GetProperty("auth_time").GetInt64());
        Assert.Equal(issuer.Options.AbsoluteLifetime, changed.SessionExpiresIn);
    }

    [Fact]
    public async Task The_session_of_somebody_else_proves_nothing()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Directory.Add("bob");
        var bob = await issuer.LogInAsync("bob");

        await Assert.ThrowsAsync<ArgumentException>(() => issuer.ChangePasswordAsync(bob));

        Assert.IsType<LoginOutcome.LoggedIn>(await issuer.TryLogInAsync());
        Assert.IsType<PasswordChangeOutcome.Changed>(await issuer.ChangePasswordAsync(bob, username: "bob"));
    }
}
