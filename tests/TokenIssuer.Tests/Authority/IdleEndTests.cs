using TokenIssuer.AccessTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Authority;

/// <summary>A session that is not refreshed ends, and its access tokens with it, however long they might have lived.</summary>
public sealed class IdleEndTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_access_token_of_a_login_ends_with_the_session()
    {
        await using var issuer = await StartAsync();

        var first = await issuer.LogInAsync();

        Assert.Equal((s_idle, s_idle, s_idle), (LifetimeOf(first.AccessToken), first.ExpiresIn, first.IdleExpiresIn));
    }

    [Fact]
    public async Task The_access_token_of_a_refresh_ends_with_the_session_as_it_is_now()
    {
        await using var issuer = await StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));

        var second = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal((s_idle, s_idle, s_idle), (LifetimeOf(second.AccessToken), second.ExpiresIn, second.IdleExpiresIn));
    }

    [Fact]
    public async Task The_access_token_of_a_replay_ends_with_the_session_that_its_first_use_prolonged()
    {
        await using var issuer = await StartAsync();
        var first = await issuer.LogInAsync();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        issuer.Clock.Advance(TimeSpan.FromSeconds(20));

        var replayed = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal(second.RefreshToken, replayed.RefreshToken);
        var left = s_idle - TimeSpan.FromSeconds(20);
        Assert.Equal((left, left, left), (LifetimeOf(replayed.AccessToken), replayed.ExpiresIn, replayed.IdleExpiresIn));
    }

    [Fact]
    public async Task A_token_of_a_client_has_no_session_that_could_idle()
    {
        await using var issuer = await StartAsync();

        var answer = await issuer.Authority.IssueServiceTokenAsync("worker", Scope.None, CancellationToken.None);

        Assert.Equal((issuer.Options.AccessTokenLifetime, issuer.Options.AccessTokenLifetime), (LifetimeOf(answer.AccessToken), answer.ExpiresIn));
    }

    private static Task<Issuer> StartAsync() => Issuer.StartAsync(options => options.IdleTimeout = s_idle);

    private static TimeSpan LifetimeOf(AccessToken token)
    {
        var claims = Issuer.ClaimsOf(token);
        return TimeSpan.FromSeconds(claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }
}
