using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Authority;

/// <summary>A refresh token is in two hands. Neither holds anything alive once both have used it.</summary>
public sealed class TheftTests
{
    private static readonly TimeSpan s_pastTheWindow = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Whoever_refreshes_first_nobody_holds_anything_once_the_other_has_tried(int refreshesBetween)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var (stolen, otherDevice) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        var held = new List<TokenAnswer> { stolen, await issuer.RefreshAsync(stolen.RefreshToken) };
        for (var i = 0; i < refreshesBetween; i++)
        {
            issuer.Clock.Advance(TimeSpan.FromSeconds(1));
            held.Add(await issuer.RefreshAsync(held[^1].RefreshToken));
        }

        issuer.Clock.Advance(s_pastTheWindow);
        Assert.IsType<RefreshOutcome.Reused>(await issuer.TryRefreshAsync(stolen.RefreshToken));

        await other.FollowAsync();
        Assert.All(held, answer => Assert.False(issuer.IsAlive(answer.AccessToken) || other.IsAlive(answer.AccessToken)));
        foreach (var answer in held)
        {
            Assert.False(await issuer.IsAliveAsync(answer.RefreshToken) || await other.IsAliveAsync(answer.RefreshToken));
        }

        Assert.True(issuer.IsAlive(otherDevice.AccessToken));
        Assert.True(await issuer.IsAliveAsync(otherDevice.RefreshToken));
    }

    [Theory]
    [InlineData("logged out")]
    [InlineData("idle")]
    [InlineData("killed by reuse")]
    public async Task A_token_of_a_dead_family_revives_nothing_and_kills_nothing_else(string death)
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(s_pastTheWindow);
        switch (death)
        {
            case "logged out":
                await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId), RevocationReason.Logout);
                break;
            case "idle":
                issuer.Clock.Advance(TimeSpan.FromMinutes(30));
                break;
            default:
                await issuer.TryRefreshAsync(first.RefreshToken);
                break;
        }

        var otherDevice = await issuer.LogInAsync();
        RefreshToken[] tokens = [first.RefreshToken, second.RefreshToken];
        foreach (var token in tokens.Concat(tokens))
        {
            Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(token));
        }

        Assert.True(issuer.IsAlive(otherDevice.AccessToken));
        Assert.True(await issuer.IsAliveAsync(otherDevice.RefreshToken));
    }
}
