using TokenIssuer.Families;

namespace TokenIssuer.Tests.Authority;

public sealed class PasswordChangeTests
{
    [Fact]
    public async Task A_changed_password_ends_everything_and_starts_a_new_session()
    {
        await using var issuer = await Issuer.StartAsync();
        var (own, other) = (await issuer.LogInAsync(), await issuer.LogInAsync());

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(await ChangeAsync(issuer, "a new password"));

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
        Assert.True(Scope.TryParse(asked, out var scope));

        var changed = Assert.IsType<PasswordChangeOutcome.Changed>(await ChangeAsync(issuer, "a new password", Issuer.Request with { Scope = scope }));

        Assert.Equal(granted, changed.Answer.Scope.ToString());
    }

    [Fact]
    public async Task A_wrong_or_weak_password_ends_nothing()
    {
        await using var issuer = await Issuer.StartAsync();
        var session = await issuer.LogInAsync();

        var wrong = await issuer.Authority.ChangePasswordAsync(
            issuer.Directory.SubjectOf("alice"), "wrong", "a new password", Issuer.Request, CancellationToken.None);
        var weak = Assert.IsType<PasswordChangeOutcome.Weak>(await ChangeAsync(issuer, "short"));

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

        await issuer.Authority.ChangePasswordAsync(
            issuer.Directory.SubjectOf("alice"), TestDirectory.PasswordOf("alice"), "a new password", Issuer.Request, leaving.Token);

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

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => ChangeAsync(issuer, "a new password"));

        Assert.False(await issuer.IsAliveAsync(session.RefreshToken));
        Assert.Empty(await issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None));
    }

    private static Task<PasswordChangeOutcome> ChangeAsync(Issuer issuer, string newPassword, SessionRequest? request = null)
        => issuer.Authority.ChangePasswordAsync(
            issuer.Directory.SubjectOf("alice"), TestDirectory.PasswordOf("alice"), newPassword, request ?? Issuer.Request, CancellationToken.None);
}
