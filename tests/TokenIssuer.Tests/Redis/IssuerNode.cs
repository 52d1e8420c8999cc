using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Redis;

/// <summary>An issuer without its HTTP side: everything it has in the server, in a container of its own.</summary>
internal sealed class IssuerNode : IAsyncDisposable
{
    private static readonly SessionRequest s_request = new(OAuthClient.SpaClientId, Scope.None, SessionOrigin.Unknown, "agent");

    private readonly IHost _host;

    private IssuerNode(IHost host, CapturedLog log)
    {
        _host = host;
        Log = log;
        Authority = host.Services.GetRequiredService<TokenAuthority>();
        Denylist = host.Services.GetRequiredService<Denylist>();
        Store = host.Services.GetRequiredService<ITokenFamilyStore>();
        Feed = host.Services.GetRequiredService<IRevocationFeed>();
    }

    public CapturedLog Log { get; }

    public TokenAuthority Authority { get; }

    public Denylist Denylist { get; }

    public ITokenFamilyStore Store { get; }

    public IRevocationFeed Feed { get; }

    /// <summary>Starts a node that answers.</summary>
    public static async Task<IssuerNode> StartAsync(
        string connectionString, TemporaryFolder folder, string name = "a", TimeProvider? clock = null, Action<TokenIssuerOptions>? configure = null)
    {
        var node = await StartUnreadyAsync(connectionString, folder, name, clock, configure);
        await Eventually.TrueAsync(() => node.Denylist.IsLoaded, TimeSpan.FromSeconds(10));
        return node;
    }

    public static async Task<IssuerNode> StartUnreadyAsync(
        string connectionString, TemporaryFolder folder, string name = "a", TimeProvider? clock = null, Action<TokenIssuerOptions>? configure = null)
    {
        // The deadline of production is for whoever tests deadlines: a machine on which all tests run at once breaks it now and then.
        var connection = connectionString.Contains("deadline=", StringComparison.Ordinal) ? connectionString : $"{connectionString},deadline=2000";
        var log = new CapturedLog();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton<ICredentialVerifier, TestDirectory>();
        builder.Services.AddMetrics();
        builder.Services.AddRedisTokenStore(connection, folder.PathOf($"{name}.witness"));
        builder.Services.AddTokenIssuer(options =>
        {
            options.KeysDirectory = folder.PathOf("keys");
            options.Keys.Generate = true;
            options.Keys.AnnounceFor = TimeSpan.Zero;
            options.Scopes.Add("notes:read");
            configure?.Invoke(options);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            return new IssuerNode(host, log);
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }

    public async Task<TokenAnswer> LogInAsync(string user)
    {
        var outcome = await Authority.LogInAsync(new Credentials(user, "password"), s_request, TestContext.Current.CancellationToken);
        return Assert.IsType<LoginOutcome.LoggedIn>(outcome).Answer;
    }

    public Task<RefreshOutcome> RefreshAsync(TokenAnswer answer, string? idempotencyKey = null)
        => Authority.RefreshAsync(answer.RefreshToken, s_request, idempotencyKey, TestContext.Current.CancellationToken);

    /// <summary>Refreshes; null when our side failed (503).</summary>
    public async Task<RefreshOutcome?> TryRefreshAsync(TokenAnswer answer, string? idempotencyKey = null)
    {
        try
        {
            return await RefreshAsync(answer, idempotencyKey);
        }
        catch (TokenStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Refreshes as a client does that tries again after each 503.</summary>
    public async Task<RefreshOutcome> PersistAsync(TokenAnswer answer, TimeSpan patience, string? idempotencyKey = null)
    {
        RefreshOutcome? outcome = null;
        await Eventually.TrueAsync(async () => (outcome = await TryRefreshAsync(answer, idempotencyKey)) is not null, patience);
        return outcome!;
    }

    /// <summary>Revokes, trying again after each 503.</summary>
    public Task RevokeAsync(RevocationTarget target) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await Authority.RevokeAsync(target, RevocationReason.Administrator, TestContext.Current.CancellationToken);
                return true;
            }
            catch (TokenStoreUnavailableException)
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(10));

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            await Store.CheckAsync(TestContext.Current.CancellationToken);
            return Denylist.IsLoaded;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
