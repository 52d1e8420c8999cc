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
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(20);

    private readonly Deployment _processes = deployment.Processes;

    [Fact]
    public async Task Fifty_parallel_refreshes_over_two_issuers_yield_one_successor_each_round()
    {
        var held = await _processes.First.Client.LogInAsync(_processes.TakeUser(), Deployment.Password);
        for (var round = 0; round < 40; round++)
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
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            var session = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
            foreach (var api in _processes.Apis)
            {
                Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(session));
            }

            await _processes.Issuers[i % 2].Client.LogOutAsync(session);
            foreach (var api in _processes.Apis)
            {
                delays.Add(await Eventually.TrueAsync(async () => await api.GetNotesAsync(session) == HttpStatusCode.Unauthorized, s_patience));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Refused after {string.Join(", ", delays.Select(delay => $"{delay.TotalMilliseconds:F0} ms"))}.");
    }

    [Fact]
    public async Task A_killed_Redis_costs_no_session_and_brings_none_back()
    {
        var sessions = await LogInAsync(9);
        var idle = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
        var revoked = await _processes.First.Client.LogInAsync(deployment.KnownUser, Deployment.Password);
        await _processes.First.Client.LogOutAsync(revoked);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(sessions.Select((session, i) => RefreshOnAsync(_processes.Issuers[i % 2], session, enough.Token)));

        await deployment.Redis.KillAsync();
        using var duringOutage = await _processes.Second.Client.TryRefreshAsync(idle.RefreshToken);
        await deployment.Redis.StartAgainAsync();
        await Task.WhenAll(_processes.Issuers.Select(issuer => issuer.WaitUntilReadyAsync()));
        await enough.CancelAsync();
        var held = await load;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, duringOutage.StatusCode);
        Assert.NotNull(duringOutage.Headers.RetryAfter);
        foreach (var (session, i) in held.Append(idle).Select((session, i) => (session, i)))
        {
            // On the other issuer than before.
            var next = await PersistAsync(_processes.Issuers[(i + 1) % 2], session);
            Assert.NotNull(next);
            foreach (var api in _processes.Apis)
            {
                Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(next));
            }
        }

        foreach (var issuer in _processes.Issuers)
        {
            Assert.Null(await PersistAsync(issuer, revoked));
        }

        await _processes.CatchUpAsync();
        foreach (var api in _processes.Apis)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await api.GetNotesAsync(revoked));
        }
    }

    [Fact]
    public async Task A_flush_ends_every_session_on_every_node_and_new_ones_work()
    {
        var sessions = await LogInAsync(9);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(sessions.Select((session, i) => RefreshOnAsync(_processes.Issuers[i % 2], session, enough.Token)));

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
                Assert.Null(await PersistAsync(issuer, session));
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

            var next = await PersistAsync(_processes.Issuers.Single(issuer => issuer != home), session);
            Assert.NotNull(next);
            await Eventually.TrueAsync(async () => await IsLoggedOutAsync(home, next), s_patience);
            foreach (var api in _processes.Apis)
            {
                await Eventually.TrueAsync(async () => await api.GetNotesAsync(next) == HttpStatusCode.Unauthorized, s_patience);
            }
        }

        await Task.WhenAll(_processes.Issuers.Append(_processes.Severe).Select(issuer => issuer.WaitUntilReadyAsync()));
    }

    /// <summary>False while an issuer that heals says 503.</summary>
    private static async Task<bool> IsLoggedOutAsync(IssuerProcess issuer, IssuedTokens held)
    {
        using var response = await issuer.Client.TryLogOutAsync(held);
        return response.StatusCode == HttpStatusCode.NoContent;
    }

    private async Task<IssuedTokens[]> LogInAsync(int count)
    {
        var sessions = new List<IssuedTokens>();
        var user = string.Empty;
        for (var i = 0; i < count; i++)
        {
            // No more for each user than the cap leaves alive.
            user = i % (Deployment.MaxSessionsPerUser - 1) == 0 ? _processes.TakeUser() : user;
            sessions.Add(await _processes.Issuers[i % 2].Client.LogInAsync(user, Deployment.Password));
        }

        return [.. sessions];
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

    /// <summary>Presents a token again after each 503, with the same <c>Idempotency-Key</c>, as a client does.</summary>
    /// <returns>The successor; null when the token is dead.</returns>
    private static async Task<IssuedTokens?> PersistAsync(IssuerProcess issuer, IssuedTokens held)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var response = await issuer.Client.TryRefreshAsync(held.RefreshToken, idempotencyKey: held.AccessToken[^40..]);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return IssuedTokens.Read(await response.Content.ReadFromJsonAsync<JsonElement>());
            }

            if (response.StatusCode == HttpStatusCode.BadRequest)
            {
                Assert.Equal("invalid_grant", await IssuerClient.ErrorOfAsync(response));
                return null;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_patience, "The issuer did not recover.");
            await Task.Delay(s_betweenTries);
        }
    }

    /// <summary>A client that refreshes all the time, until it is told to stop or that its session is dead.</summary>
    /// <returns>What it holds in the end.</returns>
    private static async Task<IssuedTokens> RefreshOnAsync(IssuerProcess issuer, IssuedTokens held, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested && await PersistAsync(issuer, held) is { } next)
        {
            held = next;
            await Task.Delay(s_betweenTries, CancellationToken.None);
        }

        return held;
    }
}
