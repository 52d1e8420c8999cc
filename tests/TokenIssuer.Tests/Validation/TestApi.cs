using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Tests.Validation;

/// <summary>A resource API in memory, with an issuer, a log and a clock that a test holds in its hand.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApi(WebApplication app, TestIssuer issuer, FakeFeed feed, ManualClock clock, IssuerStub stub)
    {
        _app = app;
        Issuer = issuer;
        Feed = feed;
        Clock = clock;
        Stub = stub;
        Client = app.GetTestClient();
    }

    public TestIssuer Issuer { get; }

    public FakeFeed Feed { get; }

    public ManualClock Clock { get; }

    public IssuerStub Stub { get; }

    public HttpClient Client { get; }

    public Denylist Denylist => _app.Services.GetRequiredService<Denylist>();

    public IServiceProvider Services => _app.Services;

    public static async Task<TestApi> StartAsync(
        Action<TokenIssuerValidationOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        ReplicaState replica = ReplicaState.Fresh)
    {
        var clock = new ManualClock();
        var issuer = new TestIssuer(clock);
        var feed = new FakeFeed();
        var stub = new IssuerStub(issuer);
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IRevocationFeed>(feed);
        builder.Services.AddAuthentication().AddTokenIssuerBearer(options =>
        {
            options.Authority = TestIssuer.Name;
            options.Audience = TestIssuer.Audience;
            (options.ClientId, options.ClientSecret) = ("notes-api", "secret of notes-api");
            configure?.Invoke(options);
        });
        builder.Services.AddAuthorization();
        builder.Services.AddHttpClient("TokenIssuer").ConfigurePrimaryHttpMessageHandler(() => stub);
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/open", () => "open").AllowAnonymous();
        app.MapGet("/me", (HttpContext context) => context.User.FindFirst("sub")?.Value).RequireAuthorization();
        app.MapGet("/strict", () => "strict").RequireAuthorization().RequireStrictRevocation();
        app.MapGet("/write", () => "written").RequireScope("notes:write");
        map?.Invoke(app);
        await app.StartAsync();

        var api = new TestApi(app, issuer, feed, clock, stub);
        await app.Services.GetRequiredService<RemoteIssuerKeys>().RefreshAsync();
        if (replica == ReplicaState.Fresh)
        {
            api.Denylist.Merge(FakeFeed.Heartbeat());
        }

        return api;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        else if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(JwtBearerDefaults.AuthenticationScheme, token);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string token, string path = "/me")
    {
        using var response = await GetAsync(path, authorization: $"Bearer {token}");
        return response.StatusCode;
    }

    /// <summary>Lets the replica know of a kill, as the follower would.</summary>
    public void Learn(RevocationEntry entry) => Denylist.Merge([entry], FakeFeed.Retention);

    public void LearnThatSessionEnded(SessionId session)
        => Learn(new RevocationEntry.Family(session, RevocationReason.Logout, Clock.Now + TimeSpan.FromMinutes(20)));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Issuer.Dispose();
    }
}

/// <summary>What the replica of a test's API knows at the start.</summary>
internal enum ReplicaState
{
    Fresh,
    Empty,
}

/// <summary>Answers for the issuer's discovery and key set, and for its introspection.</summary>
internal sealed class IssuerStub(TestIssuer issuer) : HttpMessageHandler
{
    public bool IsDown { get; set; }

    public int Calls { get; private set; }

    public string? Jwks { get; set; }

    public string? Metadata { get; set; }

    /// <summary>What answers say they are.</summary>
    public string MediaType { get; set; } = "application/json; charset=utf-8";

    /// <summary>Has no token vouched for unless a test sets it.</summary>
    public Func<HttpRequestMessage, Task<HttpResponseMessage>> Introspection { get; set; }
        = _ => Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"active":false}""") });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri?.AbsolutePath == "/oauth/introspect")
        {
            return Introspection(request);
        }

        Calls++;
        return IsDown
            ? Task.FromException<HttpResponseMessage>(new HttpRequestException("The issuer is down."))
            : Task.FromResult(new HttpResponseMessage { Content = Content(AnswerTo(request.RequestUri)) });
    }

    private StringContent Content(string text)
    {
        var content = new StringContent(text);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        return content;
    }

    private string AnswerTo(Uri? address)
        => address?.AbsolutePath == "/.well-known/jwks.json" ? Jwks ?? issuer.Jwks() : Metadata ?? issuer.Metadata(TestIssuer.Name);
}
