using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Authority;

public sealed class SessionListTests
{
    [Fact]
    public async Task The_living_sessions_of_a_user_are_listed_newest_first()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Directory.Add("bob");
        await issuer.LogInAsync("bob");
        var origin = new SessionOrigin("Kitchen tablet", "Chrome 141 · Windows", "192.0.2.0/24");
        var first = await issuer.LogInAsync(request: Issuer.Request with { Origin = origin });
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));
        await issuer.RefreshAsync(first.RefreshToken);

        var sessions = await ListAsync(issuer);

        Assert.Equal([second.SessionId, first.SessionId], sessions.Select(session => session.Id));
        var now = issuer.Clock.Now;
        Assert.Equal(
            new Session(
                first.SessionId, now - TimeSpan.FromMinutes(2), now, now + TimeSpan.FromMinutes(30), now + TimeSpan.FromHours(12) - TimeSpan.FromMinutes(2),
                origin, OAuthClient.SpaClientId, "pwd", TokenTransport.Cookie),
            sessions[1]);
    }

    [Fact]
    public async Task Ended_sessions_are_not_listed_and_have_no_owner()
    {
        await using var issuer = await Issuer.StartAsync();
        var user = issuer.Directory.SubjectOf("alice");
        var (revoked, living) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        await issuer.RevokeAsync(new RevocationTarget.Session(revoked.SessionId));

        Assert.Equal([living.SessionId], (await ListAsync(issuer)).Select(session => session.Id));
        Assert.Null(await issuer.Authority.FindOwnerAsync(revoked.SessionId, CancellationToken.None));
        Assert.Equal(user, await issuer.Authority.FindOwnerAsync(living.SessionId, CancellationToken.None));

        issuer.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Empty(await ListAsync(issuer));
        Assert.Null(await issuer.Authority.FindOwnerAsync(living.SessionId, CancellationToken.None));
    }

    [Fact]
    public async Task Any_token_of_a_family_finds_its_session_spent_expired_or_revoked()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId));
        issuer.Clock.Advance(TimeSpan.FromHours(13));

        foreach (var token in new[] { first.RefreshToken, second.RefreshToken })
        {
            Assert.True(issuer.Authority.TryFindSession(token, out var session));
            Assert.Equal(first.SessionId, session);
        }

        Assert.False(issuer.Authority.TryFindSession(new RefreshToken("garbage"), out _));
    }

    private static Task<IReadOnlyList<Session>> ListAsync(Issuer issuer)
        => issuer.Authority.ListSessionsAsync(issuer.Directory.SubjectOf("alice"), CancellationToken.None);
}
