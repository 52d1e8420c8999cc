using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>An issuer in this process, as a rule on the model of a store, whose time moves only when told. Alice and Bob can sign in.</summary>
internal sealed class IssuerHost : IAsyncDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string AppOrigin = "https://app.example";
    public const string AlicePassword = "correct-horse-1";
    public const string BobPassword = "correct-horse-2";
    public const string ServiceClient = "worker";
    public const string ServiceSecret = "worker-secret";
    public const string FeedClient = "notes-api";
    public const string FeedSecret = "notes-api-secret";

    private readonly string _folder;
    private readonly WebApplication _app;

    private IssuerHost(string folder, WebApplication app, ManualClock clock, MemoryDirectory directory)
    {
        _folder = folder;
        _app = app;
        Clock = clock;
        Directory = directory;
    }

    public ManualClock Clock { get; }

    public MemoryDirectory Directory { get; }

    public IServiceProvider Services => _app.Services;

    public HttpClient CreateClient() => _app.Services.GetService<IServer>() is TestServer server
        ? new HttpClient(server.CreateHandler()) { BaseAddress = new Uri(Issuer) }
        : new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };

    public static Task<IssuerHost> StartAsync() => StartAsync(new IssuerSetup());

    public static async Task<IssuerHost> StartAsync(IssuerSetup setup)
    {
        var clock = new ManualClock();
        var directory = new MemoryDirectory();
        directory.Add("alice", AlicePassword);
        directory.Add("bob", BobPassword);
        var folder = System.IO.Directory.CreateTempSubdirectory("token-issuer-").FullName;
        var app = Build(setup, folder, clock, directory);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var host = new IssuerHost(folder, app, clock, directory);
        await host.UntilFollowedAsync();
        return host;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Lets the replica read what the log has: by time, because only time makes it look.</summary>
    public async Task UntilFollowedAsync()
    {
        var denylist = Get<Denylist>();
        var tail = (await Get<IRevocationFeed>().ReadAsync(null, null, TestContext.Current.CancellationToken)).Cursor;
        while (denylist.Cursor is not { } seen || !tail.IsWithin(seen))
        {
            Clock.Advance(TimeSpan.FromMilliseconds(denylist.IsLoaded ? 50 : 0));

            // The follower runs on other threads: time must not run away from it.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }

    private static WebApplication Build(IssuerSetup setup, string folder, ManualClock clock, MemoryDirectory directory)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment });
        if (setup.Transport == IssuerTransport.Memory)
        {
            builder.WebHost.UseTestServer();
        }
        else
        {
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        }

        builder.Logging.ClearProviders().AddProvider(setup.Logs).SetMinimumLevel(LogLevel.Debug);
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<ICredentialVerifier>(directory);
        services.AddTokenIssuer(options =>
        {
            options.Issuer = Issuer;
            options.KeysDirectory = Path.Combine(folder, "keys");
            options.Keys.Generate = true;
            options.Scopes.Add("notes:read");
            options.Scopes.Add("notes:write");
            options.Clients.Add(new OAuthClient { ClientId = ServiceClient, Secret = ServiceSecret, Scopes = { "jobs:run", "jobs:read" }, GrantTypes = { "client_credentials" } });
            options.Clients.Add(new OAuthClient { ClientId = FeedClient, Secret = FeedSecret, Scopes = { "revocations:read" }, GrantTypes = { "client_credentials" } });
            setup.Options?.Invoke(options);
        });
        services.AddTokenIssuerEndpoints(options =>
        {
            options.AllowedOrigins.Add(AppOrigin);
            setup.Endpoints?.Invoke(options);
        });
        if (setup.Store == IssuerStore.Model)
        {
            AddModel(services, folder, clock);
        }
        else
        {
            services.AddSqliteTokenStore($"Data Source={Path.Combine(folder, "tokens.db")}");
        }

        setup.Services?.Invoke(services);
        var app = builder.Build();
        app.UseTokenIssuer();
        setup.Pipeline?.Invoke(app);
        app.MapTokenIssuer();
        return app;
    }

    private static void AddModel(IServiceCollection services, string folder, TimeProvider clock)
    {
        services.AddSingleton(provider => new StoreWitness(Path.Combine(folder, "witness"), clock, provider.GetRequiredService<ILogger<StoreWitness>>()));
        services.TryAddSingleton(provider =>
        {
            var store = new ModelStore(clock);
            store.Join(provider.GetRequiredService<IOptions<TokenIssuerOptions>>().Value.Retention);
            return store;
        });
        services.TryAddSingleton<ITokenFamilyStore>(provider => provider.GetRequiredService<ModelStore>());
        services.TryAddSingleton<IRevocationFeed>(provider => provider.GetRequiredService<ModelStore>());
    }
}

/// <summary>How requests reach the issuer.</summary>
internal enum IssuerTransport
{
    Memory = 0,
    Kestrel = 1,
}

/// <summary>What the issuer keeps its tokens in.</summary>
internal enum IssuerStore
{
    Model = 0,
    Sqlite = 1,
}

/// <summary>What a test wants other than usual.</summary>
internal sealed record IssuerSetup
{
    public IssuerTransport Transport { get; init; }

    public IssuerStore Store { get; init; }

    public string Environment { get; init; } = Environments.Production;

    public Action<TokenIssuerOptions>? Options { get; init; }

    public Action<TokenIssuerEndpointOptions>? Endpoints { get; init; }

    public Action<IServiceCollection>? Services { get; init; }

    public Action<WebApplication>? Pipeline { get; init; }

    public LogLines Logs { get; } = new();
}
