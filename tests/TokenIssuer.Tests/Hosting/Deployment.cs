using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace TokenIssuer.Tests.Hosting;

/// <summary>
/// What an operator runs, each in a process of its own: two issuers on one store, a third that kills a user's everything when
/// a token is reused, and two resource APIs. Triggers are pulled at the first issuer, effects are looked for at the second.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const string Password = "a pot of green tea";
    public const int MaxSessionsPerUser = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly IssuerSite _site;
    private readonly List<IAsyncDisposable> _processes = [];
    private IssuerProcess? _first;
    private IssuerProcess? _second;
    private IssuerProcess? _severe;
    private NotesApiProcess[] _apis = [];
    private IssuedTokens? _administrator;
    private int _usersTaken;

    private Deployment(IssuerSite site) => _site = site;

    public IssuerProcess First => _first ?? throw new InvalidOperationException("Not started.");

    public IssuerProcess Second => _second ?? throw new InvalidOperationException("Not started.");

    /// <summary>Has <c>ReuseScope=User</c>.</summary>
    public IssuerProcess Severe => _severe ?? throw new InvalidOperationException("Not started.");

    public IssuerProcess[] Issuers => [First, Second];

    public IReadOnlyList<NotesApiProcess> Apis => _apis;

    /// <summary>The origin of the issuers' own pages.</summary>
    public string Origin => _site.Issuer;

    /// <param name="users">How many users there are to take.</param>
    /// <param name="issuers">Settings of every issuer: the store.</param>
    /// <param name="firstApi">Settings of the first API; without any it follows the first issuer over HTTP. The second API always follows the second issuer.</param>
    /// <param name="secondIssuer">Settings of the second issuer alone.</param>
    public static async Task<Deployment> StartAsync(
        int users, (string Key, string Value)[] issuers, (string Key, string Value)[] firstApi, params (string Key, string Value)[] secondIssuer)
    {
        var deployment = new Deployment(new IssuerSite(
        [
            ("TokenIssuer:MaxSessionsPerUser", $"{MaxSessionsPerUser}"),
            ("TokenIssuer:Keys:AnnounceFor", "00:00:00"),

            // As wide as it may be: no machine is too slow to present a spent token within it.
            ("TokenIssuer:ConcurrencyWindow", "00:02:00"),
            .. Enumerable.Range(0, users).SelectMany(i => new[]
            {
                // After the three of Development.
                ($"Users:Seed:{i + 3}:Username", $"user{i}"),
                ($"Users:Seed:{i + 3}:Password", Password),
            }),
            .. issuers,
        ]));
        try
        {
            await deployment.StartProcessesAsync(firstApi, secondIssuer);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>A user of whom nobody has heard yet.</summary>
    public string TakeUser() => $"user{Interlocked.Increment(ref _usersTaken) - 1}";

    /// <summary>Sessions of users of whom nobody has heard yet, on both issuers in turn.</summary>
    public async Task<IssuedTokens[]> LogInAsync(int count)
    {
        var sessions = new List<IssuedTokens>();
        var user = string.Empty;
        for (var i = 0; i < count; i++)
        {
            // No more for each user than the cap leaves alive.
            user = i % (MaxSessionsPerUser - 1) == 0 ? TakeUser() : user;
            sessions.Add(await Issuers[i % 2].Client.LogInAsync(user, Password));
        }

        return [.. sessions];
    }

    public Task WaitUntilReadyAsync() => Task.WhenAll(Issuers.Append(Severe).Select(issuer => issuer.WaitUntilReadyAsync()));

    /// <summary>Waits until both APIs have read the revocation log up to where it ends now.</summary>
    public async Task CatchUpAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await ReadEndOfLogAsync() is var end && (end is null || !await HaveReadAsync(end)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_patience, $"The APIs did not read up to {end}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What an issuer tells resource APIs of a token (RFC 7662).</summary>
    public static async Task<HttpResponseMessage> IntrospectAsync(IssuerProcess issuer, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/introspect")
        {
            Content = new FormUrlEncodedContent([new("token", token)]),
        };
        request.Headers.Authorization = ApiCredentials();
        return await issuer.Client.Http.SendAsync(request);
    }

    /// <summary>Calls the first issuer as the administrator, who signs in when the last session is not alive any more.</summary>
    public async Task<JsonElement> AdministerAsync(HttpMethod method, string path, object? body = null)
    {
        if (_administrator is null || await First.Client.GetMeAsync(_administrator) != HttpStatusCode.OK)
        {
            _administrator = await First.Client.LogInAsync("admin", "correct-horse-3");
        }

        using var response = await First.Client.SendAsync(method, path, _administrator, body is null ? null : JsonContent.Create(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        _site.Dispose();
    }

    private async Task StartProcessesAsync((string Key, string Value)[] firstApi, (string Key, string Value)[] secondIssuer)
    {
        // Alone: it makes the keys, the files and the users.
        _first = Keep(await IssuerProcess.StartAsync(_site));
        var second = IssuerProcess.StartAnotherAsync(_site, secondIssuer);
        var severe = IssuerProcess.StartAnotherAsync(_site, ("TokenIssuer:ReuseScope", "User"));
        _second = Keep(await second);
        _severe = Keep(await severe);
        var apis = new[] { NotesApiProcess.StartAsync(_first, firstApi), NotesApiProcess.StartAsync(_second) };
        _apis = [Keep(await apis[0]), Keep(await apis[1])];
    }

    private T Keep<T>(T process)
        where T : IAsyncDisposable
    {
        _processes.Add(process);
        return process;
    }

    /// <returns>Null while the issuer does not tell.</returns>
    private async Task<string?> ReadEndOfLogAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/revocations");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = ApiCredentials();
        using var response = await First.Client.Http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK
            ? (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("cursor").GetString()
            : null;
    }

    private async Task<bool> HaveReadAsync(string end)
    {
        foreach (var api in _apis)
        {
            if ((await api.ReadFeedAsync()).Cursor != end)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Those of the client <c>notes-api</c> in Development.</summary>
    private static AuthenticationHeaderValue ApiCredentials()
        => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("notes-api:notes-api-development-secret")));
}
