using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>
/// Asks every node of a deployment about a token. The issuers must know at once; a resource API is given time to agree with
/// them. Nodes that go on disagreeing are told apart by name, which no expected cell contains.
/// </summary>
internal sealed class Verdicts(Deployment deployment)
{
    public const string Alive = "alive";
    public const string Dead = "dead";
    public const string Spent = "spent";
    public const string AliveWithNewRoles = "alive, with the new roles";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public async Task<string> OfAccessTokenAsync(string token)
    {
        var probe = new IssuedTokens(token, string.Empty, string.Empty);
        var atIssuers = new List<string>();
        foreach (var issuer in deployment.Issuers)
        {
            using var response = await PersistAsync(() => issuer.Client.SendAsync(HttpMethod.Get, "/auth/me", probe));
            atIssuers.Add(NameOf(response.StatusCode));
        }

        return await AgreeAsync(atIssuers, async api => NameOf(await api.GetNotesAsync(token)));
    }

    public async Task<string> OfApiTokenAsync(string token)
    {
        var atIssuers = new List<string>();
        var hasRoles = false;
        foreach (var issuer in deployment.Issuers)
        {
            using var response = await PersistAsync(() => Deployment.IntrospectAsync(issuer, token));
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            atIssuers.Add(answer.GetProperty("active").GetBoolean() ? Alive : Dead);
            hasRoles = answer.TryGetProperty("roles", out _);
        }

        var verdict = await AgreeAsync(atIssuers, async api => NameOf(await api.GetNotesAsync(token)));
        return verdict == Alive && hasRoles ? AliveWithNewRoles : verdict;
    }

    /// <summary>Uses the token at the second issuer, and at the first as well when it is refused there.</summary>
    /// <param name="token">The refresh token.</param>
    /// <param name="successors">Tokens that are out already: whoever gets one of them again presented a spent token.</param>
    /// <returns>The verdict, and what the client holds now when it is alive.</returns>
    public async Task<(string Verdict, IssuedTokens? Next)> OfRefreshTokenAsync(string token, IEnumerable<string> successors)
    {
        using var response = await PersistAsync(() => deployment.Second.Client.TryRefreshAsync(token));
        if (response.StatusCode != HttpStatusCode.OK)
        {
            Assert.Equal("invalid_grant", await IssuerClient.ErrorOfAsync(response));
            using var elsewhere = await PersistAsync(() => deployment.First.Client.TryRefreshAsync(token));
            return (elsewhere.StatusCode == HttpStatusCode.BadRequest ? Dead : $"{Dead} here, {elsewhere.StatusCode} there", null);
        }

        var next = IssuedTokens.Read(await response.Content.ReadFromJsonAsync<JsonElement>());
        if (successors.Contains(next.RefreshToken))
        {
            return (Spent, next);
        }

        // A successor that nobody accepts would be no life.
        var access = await OfAccessTokenAsync(next.AccessToken);
        var hasRoles = JwtText.Payload(next.AccessToken).TryGetProperty("roles", out _);
        return (access != Alive ? $"{Alive}, its access token {access}" : hasRoles ? AliveWithNewRoles : Alive, next);
    }

    private async Task<string> AgreeAsync(List<string> atIssuers, Func<NotesApiProcess, Task<string>> askAsync)
    {
        var verdicts = new List<string>(atIssuers);
        foreach (var api in deployment.Apis)
        {
            var started = TimeProvider.System.GetTimestamp();
            string verdict;
            while ((verdict = await askAsync(api)) != atIssuers[0] && TimeProvider.System.GetElapsedTime(started) < s_patience)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            verdicts.Add(verdict);
        }

        return verdicts.Distinct().Count() == 1 ? verdicts[0] : $"issuers {verdicts[0]} and {verdicts[1]}, APIs {verdicts[2]} and {verdicts[3]}";
    }

    /// <summary>503 is no verdict: a store that did not answer in time on a busy machine is asked again.</summary>
    private static async Task<HttpResponseMessage> PersistAsync(Func<Task<HttpResponseMessage>> askAsync)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var response = await askAsync();
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static string NameOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK => Alive,
        HttpStatusCode.Unauthorized => Dead,
        _ => status.ToString(),
    };
}
