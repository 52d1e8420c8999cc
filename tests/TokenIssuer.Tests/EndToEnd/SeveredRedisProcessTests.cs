using System.Net;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Processes whose Redis is out of reach without a word, or is another one than before.</summary>
public sealed class SeveredRedisProcessTests(SeveredRedisDeployment deployment) : IClassFixture<SeveredRedisDeployment>, IDisposable
{
    // Far above what was measured: other tests share the machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_tenSecondsWithSlackFactorTwo = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_fiveSecondsWithSlackFactorThree = TimeSpan.FromSeconds(15);

    // Longer than the three seconds after which a silent connection is given up, so that the next one is swallowed as well.
    private static readonly TimeSpan s_longSilence = TimeSpan.FromSeconds(6);

    private readonly Deployment _processes = deployment.Processes;

    public void Dispose() => deployment.Heal();

    [Fact]
    public async Task A_black_hole_costs_no_session_and_is_left_within_ten_seconds_after_it_heals()
    {
        var sessions = await _processes.LogInAsync(6);
        var idle = await _processes.LogInAsync(2);
        using var enough = new CancellationTokenSource();
        var load = PatientClient.RefreshOnAsync(_processes, sessions, enough.Token);

        deployment.FirstWay.Swallow();
        deployment.SecondWay.Swallow();
        var answering = Task.WhenAll(_processes.Issuers.Zip(idle, (issuer, held) => issuer.Client.TryRefreshAsync(held.RefreshToken)));
        foreach (var api in _processes.Apis)
        {
            await Eventually.TrueAsync(async () => (await api.ReadFeedAsync()).Age > s_longSilence, s_patience);
        }

        var answers = await answering;
        var healedAt = TimeProvider.System.GetTimestamp();
        deployment.Heal();
        await Task.WhenAll(_processes.Issuers.Zip(idle, SeesALogoutThroughAsync));
        var recovery = TimeProvider.System.GetElapsedTime(healedAt);
        await enough.CancelAsync();
        var held = await load;

        TestContext.Current.TestOutputHelper?.WriteLine($"Recovered after {recovery.TotalMilliseconds:F0} ms.");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.All(answers, answer => Assert.NotNull(answer.Headers.RetryAfter));
        Assert.True(recovery < s_tenSecondsWithSlackFactorTwo, $"It took {recovery}.");
        await PatientClient.AssertGoOnAsync(_processes, held);
    }

    [Fact]
    public async Task A_replica_that_missed_the_last_writes_and_is_promoted_revives_nothing_and_costs_no_session()
    {
        await using var replication = new TcpProxy(deployment.Redis.Port);
        var replica = await deployment.StartReplicaAsync(replication);
        var held = await _processes.LogInAsync(4);
        var revoked = await _processes.First.Client.LogInAsync(_processes.TakeUser(), Deployment.Password);
        await _processes.First.Client.LogOutAsync((await _processes.LogInAsync(1))[0]);
        await replica.WaitForAsync(await CountEntriesAsync(deployment.Redis), "The replica lags behind.", "XLEN", "{ti:0}:log");

        // From here on neither the replica nor the second issuer hears of anything.
        replication.Swallow();
        deployment.SecondWay.Swallow();
        await _processes.First.Client.LogOutAsync(revoked);
        for (var i = 0; i < 3; i++)
        {
            held = await Task.WhenAll(held.Select(session => _processes.First.Client.RefreshAsync(session)));
        }

        await Eventually.TrueAsync(() => RefusesAsync(_processes.Apis[0], revoked), s_patience);
        Assert.NotEqual(await CountEntriesAsync(deployment.Redis), await CountEntriesAsync(replica));
        Assert.Equal(HttpStatusCode.OK, await _processes.Apis[1].GetNotesAsync(revoked));

        await deployment.FailOverAsync(replica);
        var promotedAt = TimeProvider.System.GetTimestamp();
        Assert.True(await RefusesAsync(_processes.Apis[0], revoked));
        Assert.NotEqual(HttpStatusCode.OK, await _processes.First.Client.GetMeAsync(revoked));
        Assert.Null(await PatientClient.RefreshAsync(_processes.First, revoked));
        await Eventually.TrueAsync(() => RefusesAsync(_processes.Apis[1], revoked), s_patience);
        await Eventually.TrueAsync(async () => await PatientClient.RefreshAsync(_processes.Second, revoked) is null, s_patience);
        var everywhere = TimeProvider.System.GetElapsedTime(promotedAt);

        TestContext.Current.TestOutputHelper?.WriteLine($"Refused everywhere after {everywhere.TotalMilliseconds:F0} ms.");
        Assert.True(everywhere < s_fiveSecondsWithSlackFactorThree, $"It took {everywhere}.");
        await PatientClient.AssertGoOnAsync(_processes, held);
        await _processes.WaitUntilReadyAsync();
    }

    private static Task<string> CountEntriesAsync(RedisProcess redis) => redis.AskAsync("XLEN", "{ti:0}:log");

    private static async Task<bool> RefusesAsync(NotesApiProcess api, IssuedTokens tokens)
        => await api.GetNotesAsync(tokens) == HttpStatusCode.Unauthorized;

    /// <summary>The issuer refreshes and revokes again, and both APIs hear of it.</summary>
    private async Task SeesALogoutThroughAsync(IssuerProcess issuer, IssuedTokens held)
    {
        var next = await PatientClient.RefreshAsync(issuer, held);
        Assert.NotNull(next);
        await PatientClient.LogOutAsync(issuer, next);
        foreach (var api in _processes.Apis)
        {
            await Eventually.TrueAsync(() => RefusesAsync(api, next), s_patience);
        }
    }
}
