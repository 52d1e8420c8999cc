using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.Identity;

/// <summary>An application with ASP.NET Core Identity, and of ours nothing but the libraries. Alice and Bob can sign in.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    public const string Password = "A-tea-pot-0f-iron";
    public const int Iterations = 1000;
    public const int MaxFailures = 3;

    private readonly WebApplication _app;

    private IdentityHost(WebApplication app, LogLines logs)
    {
        _app = app;
        Logs = logs;
        Client = new IssuerClient(new Uri(app.Urls.First()));
    }

    public IssuerClient Client { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public TokenAuthority Authority => Services.GetRequiredService<TokenAuthority>();

    public static string TokensOf(TemporaryFolder folder) => folder.PathOf("tokens.db");

    public static async Task<IdentityHost> StartAsync(string folder, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder });
        var logs = new LogLines();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var services = builder.Services;
        services.AddDbContext<AppUsers>(options => options.UseSqlite($"Data Source={Path.Combine(folder, "app.db")}"));
        services.AddIdentityCore<IdentityUser>(options => options.Lockout.MaxFailedAccessAttempts = MaxFailures)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<AppUsers>()
            .AddDefaultTokenProviders();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = Iterations);
        services.AddTokenIssuer(options =>
        {
            options.Issuer = "https://app.example";
            options.KeysDirectory = Path.Combine(folder, "keys");
            options.Keys.Generate = true;
            options.Scopes.Add("notes:read");
        });
        services.AddTokenIssuerEndpoints(_ => { });
        services.AddSqliteTokenStore($"Data Source={Path.Combine(folder, "tokens.db")}");
        configure?.Invoke(services);
        services.UseIdentity<IdentityUser>();
        var app = builder.Build();
        app.UseTokenIssuer();
        app.MapTokenIssuer();
        await CreateUsersAsync(app);
        await app.StartAsync();
        var host = new IdentityHost(app, logs);
        await Eventually.TrueAsync(() => app.Services.GetRequiredService<Denylist>().IsLoaded, TimeSpan.FromMinutes(1));
        return host;
    }

    /// <summary>Does something to a user as the application would, in a scope of its own.</summary>
    public Task ChangeAsync(string name, Func<UserManager<IdentityUser>, IdentityUser, Task> change) => InScopeAsync(async services =>
    {
        var users = services.GetRequiredService<UserManager<IdentityUser>>();
        await change(users, Assert.IsType<IdentityUser>(await users.FindByNameAsync(name)));
    });

    public async Task InScopeAsync(Func<IServiceProvider, Task> work)
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider);
    }

    public async Task<int> CountOutboxAsync()
    {
        var rows = -1;
        await InScopeAsync(async services => rows = await services.GetRequiredService<AppUsers>().Set<OutboxRow>().CountAsync());
        return rows;
    }

    public async Task<Subject> FindAsync(string name)
    {
        Subject? found = null;
        await ChangeAsync(name, async (users, user) => found = new Subject(await users.GetUserIdAsync(user)));
        return Assert.NotNull(found);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    /// <summary>Before the start, as an application migrates its database.</summary>
    private static async Task CreateUsersAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<AppUsers>().Database.EnsureCreatedAsync())
        {
            return;
        }

        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new IdentityRole("editor"));
        foreach (var name in new[] { "alice", "bob" })
        {
            Assert.True((await users.CreateAsync(new IdentityUser(name) { Email = $"{name}@app.example" }, Password)).Succeeded);
        }
    }
}
