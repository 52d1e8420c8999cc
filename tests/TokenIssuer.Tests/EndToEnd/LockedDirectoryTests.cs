using System.Net;
using Microsoft.Data.Sqlite;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>A user directory whose write lock somebody keeps (a backup, an administrator at a prompt).</summary>
public sealed class LockedDirectoryTests
{
    /// <summary>Two seconds are allowed, and a busy machine may double them; Entity Framework's own half a minute stays out of reach.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Logout_and_login_are_503_within_seconds_readiness_says_so_and_all_works_afterwards()
    {
        using var site = new IssuerSite();
        await using var issuer = await IssuerProcess.StartAsync(site);
        var tokens = await issuer.Client.LogInAsync("alice", "correct-horse-1");
        await using var somebody = new SqliteConnection($"Data Source={site.UserFile};Pooling=False");
        await somebody.OpenAsync(TestContext.Current.CancellationToken);
        await using (await somebody.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await AssertUnavailableSoonAsync(() => issuer.Client.TryLogOutAsync(tokens));
            await AssertUnavailableSoonAsync(() => issuer.Client.TryLogInAsync("alice", "correct-horse-1"));
            using var ready = await issuer.Client.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("\"store\":\"ready\"", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.True(await issuer.Client.IsRefreshableAsync(tokens));
        using var login = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");
        using var logout = await issuer.Client.TryLogOutAsync(tokens);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (login.StatusCode, logout.StatusCode));
        Assert.False(await issuer.Client.IsRefreshableAsync(tokens));
    }

    private static async Task AssertUnavailableSoonAsync(Func<Task<HttpResponseMessage>> request)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        using var answer = await request();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.InRange(TimeProvider.System.GetElapsedTime(startedAt), TimeSpan.Zero, s_bound);
    }
}
