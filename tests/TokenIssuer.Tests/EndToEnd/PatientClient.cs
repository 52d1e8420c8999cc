using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>A client as it should be: after each 503 it comes again with the same token and the same <c>Idempotency-Key</c>.</summary>
internal static class PatientClient
{
    // Far above what was measured: other tests share the machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(20);

    /// <returns>The successor; null when the token is dead.</returns>
    public static async Task<IssuedTokens?> RefreshAsync(IssuerProcess issuer, IssuedTokens held)
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

    public static Task LogOutAsync(IssuerProcess issuer, IssuedTokens held) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await issuer.Client.TryLogOutAsync(held);
            return response.StatusCode == HttpStatusCode.NoContent;
        },
        s_patience);

    /// <summary>One client for each session, on both issuers in turn, that refreshes until it is told to stop or that its session is dead.</summary>
    /// <returns>What they hold in the end.</returns>
    public static Task<IssuedTokens[]> RefreshOnAsync(Deployment processes, IEnumerable<IssuedTokens> sessions, CancellationToken enough)
        => Task.WhenAll(sessions.Select((session, i) => RefreshOnAsync(processes.Issuers[i % 2], session, enough)));

    /// <summary>Each of the sessions has a successor, on the other issuer than in <see cref="RefreshOnAsync(Deployment, IEnumerable{IssuedTokens}, CancellationToken)"/>, and both APIs take it.</summary>
    public static async Task AssertGoOnAsync(Deployment processes, IEnumerable<IssuedTokens> sessions)
    {
        foreach (var (i, session) in sessions.Index())
        {
            var next = await RefreshAsync(processes.Issuers[(i + 1) % 2], session);
            Assert.NotNull(next);
            foreach (var api in processes.Apis)
            {
                Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(next));
            }
        }
    }

    private static async Task<IssuedTokens> RefreshOnAsync(IssuerProcess issuer, IssuedTokens held, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested && await RefreshAsync(issuer, held) is { } next)
        {
            held = next;
            await Task.Delay(s_betweenTries, CancellationToken.None);
        }

        return held;
    }
}
