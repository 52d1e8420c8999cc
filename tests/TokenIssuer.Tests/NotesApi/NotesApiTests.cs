extern alias NotesApiHost;

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Validation;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Tests.NotesApi;

public sealed class NotesApiTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly FakeFeed _feed = new();
    private readonly TestIssuer _issuer;
    private readonly WebApplicationFactory<NotesApiHost::Program> _host;

    public NotesApiTests()
    {
        _issuer = new TestIssuer(_clock);
        _host = new WebApplicationFactory<NotesApiHost::Program>().WithWebHostBuilder(host => host
            .UseSetting("TokenIssuerValidation:Authority", TestIssuer.Name)
            .UseSetting("TokenIssuerValidation:Audience", TestIssuer.Audience)
            .ConfigureLogging(logging => logging.ClearProviders())
            .ConfigureTestServices(services =>
            {
                services.AddSingleton<TimeProvider>(_clock);
                services.AddSingleton<IRevocationFeed>(_feed);
                services.AddHttpClient("TokenIssuer").ConfigurePrimaryHttpMessageHandler(() => new IssuerStub(_issuer));
            }));
    }

    private Denylist Denylist => _host.Services.GetRequiredService<Denylist>();

    public async ValueTask InitializeAsync()
    {
        await _host.Services.GetRequiredService<RemoteIssuerKeys>().RefreshAsync();
        Denylist.Merge(FakeFeed.Heartbeat());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _issuer.Dispose();
    }

    [Fact]
    public async Task Anybody_may_read_what_is_public()
    {
        using var client = _host.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/public")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/feed")).StatusCode);
    }

    [Fact]
    public async Task Everything_else_wants_a_token()
    {
        using var anonymous = _host.CreateClient();
        var revoked = TestIssuer.NewSession("alice");
        Denylist.Merge([new RevocationEntry.Family(revoked, RevocationReason.Logout, _clock.Now + TimeSpan.FromMinutes(20))], FakeFeed.Retention);
        using var dead = ClientWith(_issuer.Mint(session: revoked));
        using var alive = ClientWith(_issuer.Mint());
        string[] open = ["/api/public", "/api/feed", "/health/live"];
        var routes = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (method, path: endpoint.RoutePattern.RawText ?? string.Empty)))
            .Where(route => !open.Contains(route.path))
            .ToList();

        Assert.Equal(["/api/me", "/api/notes", "/api/stream"], routes.Select(route => route.path).Distinct().Order());
        foreach (var (method, path) in routes)
        {
            foreach (var client in new[] { anonymous, dead })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Note("x") };
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            }

            using var right = new HttpRequestMessage(new HttpMethod(method), path) { Content = Note("x") };
            using var control = await alive.SendAsync(right, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(control.IsSuccessStatusCode, path);
        }
    }

    [Fact]
    public async Task Notes_belong_to_their_user()
    {
        using var alice = ClientWith(_issuer.Mint("alice"));
        using var bob = ClientWith(_issuer.Mint("bob"));

        using var created = await alice.PostAsync("/api/notes", Note("milk"));
        var hers = await alice.GetStringAsync("/api/notes");
        var his = await bob.GetStringAsync("/api/notes");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains("milk", hers, StringComparison.Ordinal);
        Assert.Equal("""{"notes":[]}""", his);
    }

    [Fact]
    public async Task Reading_and_writing_are_two_scopes()
    {
        using var reader = ClientWith(_issuer.Mint(scope: "notes:read"));
        using var writer = ClientWith(_issuer.Mint(scope: "notes:write"));

        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/api/notes")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync("/api/notes", Note("x"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await writer.GetAsync("/api/notes")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await writer.PostAsync("/api/notes", Note("x"))).StatusCode);
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("""{"text":1}""", "application/json", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("""{"text":""}""", "application/json", HttpStatusCode.UnprocessableEntity, "invalid_note")]
    [InlineData("""{"text":"x"}""", "text/plain", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    public async Task A_bad_note_is_a_problem_with_a_code(string body, string mediaType, HttpStatusCode status, string code)
    {
        using var client = ClientWith(_issuer.Mint());

        using var answer = await client.PostAsync("/api/notes", new StringContent(body, Encoding.UTF8, mediaType));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal($"urn:tokenissuer:problem:{code}", problem.RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Me_says_whose_token_it_is()
    {
        var session = TestIssuer.NewSession("alice");
        using var client = ClientWith(_issuer.Mint("alice", session));

        using var answer = await client.GetAsync("/api/me");

        Assert.Equal($$"""{"sub":"alice","session_id":"{{session}}","scope":"notes:read notes:write"}""", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task The_stream_ticks_and_is_closed_by_a_revocation()
    {
        var session = TestIssuer.NewSession("alice");
        using var client = ClientWith(_issuer.Mint("alice", session));
        using var answer = await client.GetAsync("/api/stream", HttpCompletionOption.ResponseHeadersRead);
        using var body = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var first = await body.ReadLineAsync();

        Denylist.Merge([new RevocationEntry.Family(session, RevocationReason.Logout, _clock.Now + TimeSpan.FromMinutes(20))], FakeFeed.Retention);
        await body.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var after = await client.GetAsync("/api/stream");

        Assert.Equal("event: tick", first);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task The_feed_tells_its_state()
    {
        _clock.Advance(TimeSpan.FromSeconds(2));
        using var client = _host.CreateClient();

        var feed = await client.GetFromJsonAsync<JsonElement>("/api/feed");

        Assert.Equal("fake", feed.GetProperty("source").GetString());
        Assert.Equal(FakeFeed.CursorAt(0).ToString(), feed.GetProperty("cursor").GetString());
        Assert.Equal(2000, feed.GetProperty("age_ms").GetInt64());
        Assert.Equal(0, feed.GetProperty("entries").GetInt32());
        Assert.False(feed.GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task A_feed_that_is_too_old_says_so_and_so_does_its_health()
    {
        using var client = _host.CreateClient();
        using var before = await client.GetAsync("/health/ready");

        _clock.Advance(TimeSpan.FromSeconds(31));
        var feed = await client.GetFromJsonAsync<JsonElement>("/api/feed");
        using var after = await client.GetAsync("/health/ready");
        using var live = await client.GetAsync("/health/live");

        Assert.True(feed.GetProperty("stale").GetBoolean());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (before.StatusCode, after.StatusCode, live.StatusCode));
    }

    private static StringContent Note(string text) => new($$"""{"text":"{{text}}"}""", Encoding.UTF8, "application/json");

    private HttpClient ClientWith(string token)
    {
        var client = _host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
