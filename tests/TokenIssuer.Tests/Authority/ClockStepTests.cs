using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Authority;

/// <summary>The clock of the host is set ahead and back again: what was revoked stays so for as long as its tokens are good.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_token_minted_while_the_clock_was_ahead_stays_revoked_until_it_expires()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Clock.Jump(s_hour);
        var ahead = await issuer.LogInAsync();
        issuer.Clock.Jump(-s_hour);

        await issuer.RevokeAsync(new RevocationTarget.Session(ahead.SessionId));

        await AssertDeniedUntilItExpiresAsync(issuer, ahead.AccessToken);
    }

    [Fact]
    public async Task A_service_token_minted_while_the_clock_was_ahead_stays_revoked_until_it_expires()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Clock.Jump(s_hour);
        var ahead = (await issuer.Authority.IssueServiceTokenAsync("worker", Scope.None, CancellationToken.None)).AccessToken;
        issuer.Clock.Jump(-s_hour);

        await issuer.RevokeAsync(new RevocationTarget.Token(Issuer.IdentityOf(ahead).TokenId));

        await AssertDeniedUntilItExpiresAsync(issuer, ahead);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_for_a_while_makes_nobody_forget()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var (revoked, control) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));
        await FollowAsync(issuer, other);

        issuer.Clock.Jump(s_hour);
        await ForgetWhatMayBeAsync(issuer);
        await FollowAsync(issuer, other);
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));
        await ForgetWhatMayBeAsync(issuer);
        await FollowAsync(issuer, other);
        issuer.Clock.Jump(-s_hour);
        await FollowAsync(issuer, other);
        await using var joined = await issuer.JoinAsync();

        Assert.All(new[] { issuer, other, joined }, node => Assert.Equal((false, true), (node.IsAlive(revoked.AccessToken), node.IsAlive(control.AccessToken))));
    }

    private static async Task AssertDeniedUntilItExpiresAsync(Issuer issuer, AccessToken token)
    {
        await FollowAsync(issuer);
        issuer.Clock.Advance(s_hour + TimeSpan.FromMinutes(1));
        await ForgetWhatMayBeAsync(issuer);
        await FollowAsync(issuer);
        await using var joined = await issuer.JoinAsync();
        Assert.True(issuer.Clock.Now.ToUnixTimeSeconds() < Issuer.ClaimsOf(token).GetProperty("exp").GetInt64());
        Assert.Equal((false, false), (issuer.IsAlive(token), joined.IsAlive(token)));

        issuer.Clock.Advance(issuer.Options.Retention);
        await ForgetWhatMayBeAsync(issuer);
        await using var last = await issuer.JoinAsync();
        Assert.True(last.IsAlive(token));
    }

    /// <summary>Writes, with which a store forgets a little.</summary>
    private static async Task ForgetWhatMayBeAsync(Issuer issuer)
    {
        for (var i = 0; i < 3; i++)
        {
            await issuer.RevokeAsync(new RevocationTarget.Session((await issuer.LogInAsync()).SessionId));
        }
    }

    private static async Task FollowAsync(params Issuer[] issuers)
    {
        foreach (var issuer in issuers)
        {
            await issuer.FollowAsync();
        }
    }
}
