using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TokenIssuer.Tests.Hosting;

/// <summary>The sample resource API, following the revocations of one issuer.</summary>
internal sealed class NotesApiProcess : IAsyncDisposable
{
    private const string Project = "samples/NotesApi";

    private readonly HostProcess _process;
    private readonly HttpClient _http;

    private NotesApiProcess(HostProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Http => _http;

    public static Task<NotesApiProcess> StartAsync(IssuerProcess issuer, params (string Key, string Value)[] settings)
        => StartAsync(issuer, HostProcess.FindFreePort(), settings);

    /// <summary>On a port that somebody was told before.</summary>
    public static async Task<NotesApiProcess> StartAsync(IssuerProcess issuer, int port, params (string Key, string Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["TokenIssuerValidation:Authority"] = $"http://localhost:{issuer.Address.Port}",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var process = HostProcess.Start(Project, Repository.PathOf(Project), ["--urls", address.ToString()], all);
        var api = new NotesApiProcess(process, address);
        try
        {
            // Following: a cursor stands in the feed's state once the first snapshot was read.
            await process.WaitUntilAnsweredAsync(new Uri(address, "/api/feed"), "\"cursor\":\"");
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpStatusCode> GetNotesAsync(IssuedTokens tokens) => GetNotesAsync(tokens.AccessToken);

    /// <param name="token">An access token or an API token.</param>
    public async Task<HttpStatusCode> GetNotesAsync(string token)
    {
        using var response = await GetAsync("/api/notes", token);
        return response.StatusCode;
    }

    /// <summary>Where the API stands in the revocation log.</summary>
    public async Task<(string? Cursor, TimeSpan Age)> ReadFeedAsync()
    {
        var feed = await _http.GetFromJsonAsync<JsonElement>("/api/feed");
        return (feed.GetProperty("cursor").GetString(), TimeSpan.FromMilliseconds(feed.GetProperty("age_ms").GetInt64()));
    }

    /// <summary>Waits until the API refuses the token: the feed's delay, or an assertion after five seconds.</summary>
    public async Task AssertRefusesAsync(IssuedTokens tokens)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        HttpStatusCode status;
        while ((status = await GetNotesAsync(tokens)) == HttpStatusCode.OK && !patience.IsCancellationRequested)
        {
        }

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
