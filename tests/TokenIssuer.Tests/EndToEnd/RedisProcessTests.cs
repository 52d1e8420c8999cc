using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>What the nodes of <c>Redis/</c> prove inside one process, proved once more with processes: issuers, APIs and a Redis that dies.</summary>
[Collection(RedisDeployment.Name)]
public sealed class RedisProcessTests(RedisDeployment deployment)
{
    // Far above what was measured: other tests share the machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // One second is promised; a busy machine notices late.
    private static readonly TimeSpan s_oneSecondWithSlackFactorThree = TimeSpan.FromSeconds(3);

    private readonly Deployment _processes = deployment.Processes;

    [Fact]
    public async Task Fifty_parallel_refreshes_over_two_issuers_yield_one_successor_each_round()
    {
        var held = await _processes.First.Client.LogInAsync(_processes.TakeUser(), Deployment.Password);
        for (var round = 0; round < 200; round++)
        {
            var presented = held;
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _processes.Issuers[i % 2].Client.RefreshAsync(presented)));

            held = Assert.Single(answers.DistinctBy(answer => answer.RefreshToken));
            Assert.NotEqual(presented.RefreshToken, held.RefreshToken);
        }

        foreach (var api in _processes.Apis)
        {
            Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(held));
        }
    }

    [Fact]
    public async Task A_logout_on_either_issuer_is_heard_by_both_apis()
    {
        await LogOutRepeatedlyAsync();
    }

    [Fact]
    public async Task Without_doorbells_the_read_of_every_second_finds_each_logout()
    {
        IReadOnlyList<TimeSpan> delays = [];

        // The issuers and the first API listen; the second API is told by the second issuer.
        await deployment.Redis.SilenceWhileAsync("ti:bell:0", listeners: 4, async () => delays = await LogOutRepeatedlyAsync());
        await _processes.WaitUntilReadyAsync();

        Assert.All(delays, delay => Assert.True(delay < s_oneSecondWithSlackFactorThree, $"It took {delay}."));
    }

    [Fact]
    public async Task A_killed_Redis_costs_no_session_and_brings_none_back()
    {
        var sessions = await _processes.LogInAsync(9);
        var idle = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
        var revoked = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
        await _processes.First.Client.LogOutAsync(revoked);
        using var enough = new CancellationTokenSource();
        var load = PatientClient.RefreshOnAsync(_processes, sessions, enough.Token);

        await deployment.Redis.KillAsync();
        using var duringOutage = await _processes.Second.Client.TryRefreshAsync(idle.RefreshToken);
        await deployment.Redis.StartAgainAsync();
        await _processes.WaitUntilReadyAsync();
        await enough.CancelAsync();
        var held = await load;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, duringOutage.StatusCode);
        Assert.NotNull(duringOutage.Headers.RetryAfter);
        await PatientClient.AssertGoOnAsync(_processes, [.. held, idle]);
        foreach (var issuer in _processes.Issuers)
        {
            Assert.Null(await PatientClient.RefreshAsync(issuer, revoked));
        }

        await _processes.CatchUpAsync();
        foreach (var api in _processes.Apis)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await api.GetNotesAsync(revoked));
        }
    }

    [Fact]
    public async Task A_Redis_that_freezes_for_twelve_seconds_costs_no_session()
    {
        var sessions = await _processes.LogInAsync(9);
        var idle = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
        using var enough = new CancellationTokenSource();
        var load = PatientClient.RefreshOnAsync(_processes, sessions, enough.Token);

        await deployment.Redis.FreezeAsync();
        var thawed = deployment.Redis.ThawAfterAsync(TimeSpan.FromSeconds(12));
        using var whileFrozen = await _processes.Second.Client.TryRefreshAsync(idle.RefreshToken);
        var wasFrozenTillThen = !thawed.IsCompleted;
        await thawed;
        await _processes.WaitUntilReadyAsync();
        await enough.CancelAsync();
        var held = await load;

        Assert.True(wasFrozenTillThen);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, whileFrozen.StatusCode);
        Assert.NotNull(whileFrozen.Headers.RetryAfter);
        await PatientClient.AssertGoOnAsync(_processes, [.. held, idle]);
    }

    [Fact]
    public async Task A_flush_ends_every_session_on_every_node_and_new_ones_work()
    {
        var sessions = await _processes.LogInAsync(9);
        using var enough = new CancellationTokenSource();
        var load = PatientClient.RefreshOnAsync(_processes, sessions, enough.Token);

        await deployment.Redis.AskAsync("FLUSHALL");
        var dead = TimeSpan.Zero;
        foreach (var api in _processes.Apis)
        {
            foreach (var session in sessions)
            {
                dead += await Eventually.TrueAsync(async () => await api.GetNotesAsync(session) == HttpStatusCode.Unauthorized, s_patience);
            }
        }

        await enough.CancelAsync();
        var held = await load;
        var started = TimeProvider.System.GetTimestamp();
        var fresh = await PersistInLoggingInAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Dead after {dead.TotalMilliseconds:F0} ms, new sessions after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:F0} ms more.");

        foreach (var session in held.Concat(sessions))
        {
            foreach (var issuer in _processes.Issuers)
            {
                Assert.Null(await PatientClient.RefreshAsync(issuer, session));
                await Eventually.TrueAsync(async () => await issuer.Client.GetMeAsync(session) == HttpStatusCode.Unauthorized, s_patience);
            }

            foreach (var api in _processes.Apis)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await api.GetNotesAsync(session));
            }
        }

        await _processes.CatchUpAsync();
        foreach (var (session, home) in fresh.Zip(_processes.Issuers))
        {
            foreach (var api in _processes.Apis)
            {
                Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(session));
            }

            var next = await PatientClient.RefreshAsync(_processes.Issuers.Single(issuer => issuer != home), session);
            Assert.NotNull(next);
            await PatientClient.LogOutAsync(home, next);
            foreach (var api in _processes.Apis)
            {
                await Eventually.TrueAsync(async () => await api.GetNotesAsync(next) == HttpStatusCode.Unauthorized, s_patience);
            }
        }

        await _processes.WaitUntilReadyAsync();
    }

    /// <returns>How long after its acknowledgement each of some logouts was heard by each API.</returns>
    private async Task<IReadOnlyList<TimeSpan>> LogOutRepeatedlyAsync()
    {
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            var session = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
            foreach (var api in _processes.Apis)
            {
                Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(session));
            }

            await _processes.Issuers[i % 2].Client.LogOutAsync(session);
            delays.AddRange(await Task.WhenAll(_processes.Apis.Select(
                api => Eventually.TrueAsync(async () => await api.GetNotesAsync(session) == HttpStatusCode.Unauthorized, s_patience))));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Refused after {string.Join(", ", delays.Select(delay => $"{delay.TotalMilliseconds:F0} ms"))}.");
        return delays;
    }

    /// <summary>The first session on each issuer, as soon as it answers again.</summary>
    private async Task<IssuedTokens[]> PersistInLoggingInAsync()
    {
        var sessions = new List<IssuedTokens>();
        foreach (var issuer in _processes.Issuers)
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var response = await issuer.Client.TryLogInAsync(deployment.KnownUser, Deployment.Password);
                    if (response.StatusCode == HttpStatusCode.OK)
                    {
                        sessions.Add(IssuedTokens.Read(await response.Content.ReadFromJsonAsync<JsonElement>()));
                        return true;
                    }

                    Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                    return false;
                },
                s_patience);
        }

        return [.. sessions];
    }
}
