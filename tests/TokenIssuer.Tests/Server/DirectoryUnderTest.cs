using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Revocation;
using TokenIssuer.Server.Configuration;
using TokenIssuer.Server.Health;
using TokenIssuer.Server.Throttling;
using TokenIssuer.Server.Users;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

/// <summary>The server's user directory on a file of its own, with the users alice and admin, and a clock that tests move.</summary>
internal sealed class DirectoryUnderTest : IAsyncDisposable
{
    public const string AlicesPassword = "a tea pot of iron";

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    private DirectoryUnderTest(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = _folder.FullPath,

            // Nobody changes settings meanwhile, and a machine has few watches to give.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Configuration.AddInMemoryCollection(
        [
            new("Users:Seed:0:Username", "alice"),
            new("Users:Seed:0:Password", AlicesPassword),
            new("Users:Seed:1:Username", "Admin"),
            new("Users:Seed:1:Password", "four random words here"),
            new("Users:Seed:1:Roles:0", "admin"),
            new("RateLimits:Login:PermitLimit", "3"),
            new("TokenIssuer:Issuer", "https://issuer.example"),
            new("TokenIssuer:Keys:Generate", "true"),
        ]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddLoginThrottling();
        builder.AddIssuer();
        builder.AddUserDirectory();
        builder.AddReadiness();
        Work = new DirectoryWork(builder.Services);
        _services = builder.Services.BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new();

    /// <summary>What the directory has done.</summary>
    public DirectoryWork Work { get; }

    public ICredentialVerifier Users => _services.GetRequiredService<ICredentialVerifier>();

    public ISecondFactors SecondFactors => _services.GetRequiredService<ISecondFactors>();

    public IUserAdministration Administration => _services.GetRequiredService<IUserAdministration>();

    public IAuditTrail Audit => _services.GetRequiredService<IAuditTrail>();

    public string File => _folder.PathOf("data/users.db");

    public static async Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings)
    {
        var directory = new DirectoryUnderTest(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        try
        {
            await directory.StartAgainAsync();
            return directory;
        }
        catch
        {
            await directory.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the host does at every start.</summary>
    public Task StartAgainAsync() => _services.GetServices<IHostedService>().OfType<DirectoryStart>().Single().StartAsync(CancellationToken.None);

    public async Task<Subject> FindAsync(string name) => Assert.NotNull(await Users.FindAsync(name, CancellationToken.None));

    public async Task<CredentialVerdict> LogInAsync(string name, string password, string? otp = null)
        => await Users.VerifyAsync(await Users.FindAsync(name, CancellationToken.None), new Credentials(name, password, otp), CancellationToken.None);

    /// <summary>As <see cref="LogInAsync(string, string, string?)"/>, from an address.</summary>
    public Task<CredentialVerdict> LogInFromAsync(string address, string name, string password) => FromAsync(address, () => LogInAsync(name, password));

    /// <summary>Does something within a request from an address.</summary>
    public async Task<T> FromAsync<T>(string address, Func<Task<T>> work)
    {
        // Seen by what is called from here, and by nobody else.
        _services.GetRequiredService<IHttpContextAccessor>().HttpContext = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        return await work();
    }

    /// <summary>What <c>/health/ready</c> says of the directory.</summary>
    public async Task<HealthReportEntry> CheckAsync() => (await _services.GetRequiredService<HealthCheckService>()
        .CheckHealthAsync(check => check.Name == "directory", CancellationToken.None)).Entries["directory"];

    public async Task ChangeUserAsync(string name, Func<UserManager<DirectoryUser>, DirectoryUser, Task> change)
    {
        await using var scope = _services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<DirectoryUser>>();
        await change(users, Assert.IsType<DirectoryUser>(await users.FindByNameAsync(name)));
    }

    public async Task<T> QueryAsync<T>(Func<DirectoryContext, Task<T>> query)
    {
        await using var scope = _services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<DirectoryContext>());
    }

    /// <summary>What the log of the token store holds about a user, oldest first.</summary>
    public async Task<IReadOnlyList<RevocationEntry.User>> ReadRevocationsAsync(Subject user)
    {
        var page = await _services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, CancellationToken.None);
        return [.. page.Entries.OfType<RevocationEntry.User>().Where(entry => entry.Subject == user)];
    }

    public Task<int> CountOutboxAsync() => QueryAsync(directory => directory.Set<OutboxRow>().CountAsync());

    /// <summary>Until it is disposed nothing can be written to the token store.</summary>
    public async Task<IAsyncDisposable> LockTokenStoreAsync()
    {
        // It is made when it is asked first.
        await _services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, CancellationToken.None);
        var busy = new SqliteConnection($"Data Source={_folder.PathOf("data/tokens.db")};Pooling=false");
        await busy.OpenAsync();
        await busy.BeginTransactionAsync();
        return busy;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Npgsql.NpgsqlConnection.ClearAllPools();
        _folder.Dispose();
    }
}
