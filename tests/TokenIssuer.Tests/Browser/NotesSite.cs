using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>Issuer, API and page in processes and on ports of their own, and a browser to visit them.</summary>
public sealed class NotesSite : IAsyncLifetime
{
    private const int Visitors = 90;
    private const string VisitorPassword = "a-visitor-of-the-notes";

    private IssuerSite? _files;
    private IssuerProcess? _issuer;
    private NotesApiProcess? _api;
    private NotesWebHost? _web;
    private Chromium? _chromium;
    private int _visitor;

    internal string Issuer => $"http://localhost:{_files!.Port}";

    internal string Console => $"{Issuer}/admin/";

    internal string Lab => $"{Issuer}/lab/";

    internal string Api => $"http://localhost:{_api!.Address.Port}";

    internal string Page => _web!.Origin;

    internal IssuerClient Client => _issuer!.Client;

    /// <summary>The tests of one class use one browser after the other; all tests together use one Chromium.</summary>
    internal Task<IBrowserContext> OpenBrowserAsync(ColorScheme scheme = ColorScheme.Light, int width = 1200) => _chromium!.OpenAsync(scheme, width);

    /// <summary>A browser whose user has forbidden cookies, and with them all storage.</summary>
    internal Task<IBrowserContext> OpenBrowserWithoutCookiesAsync() => _chromium!.OpenWithoutCookiesAsync();

    /// <summary>A user whom no other test knows.</summary>
    internal Visitor NextVisitor() => new($"visitor{Interlocked.Increment(ref _visitor):00}", VisitorPassword);

    /// <summary>What the API says to a token that somebody kept.</summary>
    internal async Task<HttpStatusCode> AskApiAsync(string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}/api/notes");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Asks until the API has heard that the token is dead.</summary>
    internal async Task UntilApiRefusesAsync(string token)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await AskApiAsync(token) != HttpStatusCode.Unauthorized)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(1), "The token lives on.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The administrator has one session at a time: a new sign-in ends the one before.</summary>
    internal Visitor Administrator => new("admin", "correct-horse-3");

    public async ValueTask InitializeAsync()
    {
        await NodePackage.BuildAsync("samples/NotesWeb");
        _web = await NotesWebHost.StartAsync();
        var apiPort = HostProcess.FindFreePort();
        _files = new IssuerSite([("TokenIssuer:AllowedOrigins:0", _web.Origin), ("Lab:NotesApi", $"http://localhost:{apiPort}"), .. SeededVisitors()]);
        _issuer = await IssuerProcess.StartAsync(_files);
        _api = await NotesApiProcess.StartAsync(_issuer, apiPort, ("AllowedOrigins:0", _web.Origin), ("AllowedOrigins:1", Issuer));
        _web.Issuer = Issuer;
        _web.NotesApi = Api;
        _chromium = await Chromium.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _chromium, _api, _issuer, _web })
        {
            await (part?.DisposeAsync() ?? default);
        }

        _files?.Dispose();
    }

    private static IEnumerable<(string Key, string Value)> SeededVisitors()
    {
        // The first three places are those of the reference users of Development.
        for (var place = 1; place <= Visitors; place++)
        {
            yield return ($"Users:Seed:{place + 2}:Username", $"visitor{place:00}");
            yield return ($"Users:Seed:{place + 2}:Password", VisitorPassword);
        }
    }
}

/// <summary>Somebody who signs in.</summary>
internal sealed record Visitor(string Name, string Password);

/// <summary>One after the other, so that the machine is not asked for more than one browser.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<NotesSite>
{
    public const string Name = "Browser";
}
