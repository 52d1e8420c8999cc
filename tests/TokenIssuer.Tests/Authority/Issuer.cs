using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using TokenIssuer.AccessTokens;
using TokenIssuer.Audit;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Sqlite;
using TokenIssuer.Tests.Stores;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Authority;

/// <summary>
/// An issuer without HTTP: the real authority, seal, keys and denylist on a real store. It follows the log only when a test
/// says so, so that what holds at once is told apart from what the log brings.
/// </summary>
internal sealed class Issuer : IAsyncDisposable
{
    private readonly Site _site;
    private readonly IRevocationFeed _feed;
    private readonly StoreWitness _witness;
    private readonly ServiceProvider _services;
    private bool _isStopped;

    private Issuer(Site site, StoreNode node, string name)
    {
        _site = site;
        _feed = node.Feed;
        Store = node.Store;
        var options = Microsoft.Extensions.Options.Options.Create(site.Options);
        var folder = new KeyDirectory(site.Folder.PathOf("keys"), Clock);
        Keys = new KeyRing(folder, options, Clock, NullLogger<KeyRing>.Instance);
        RefreshKeys = new RefreshKeyRing(folder, options, Clock);
        Keys.Load();
        RefreshKeys.Load();
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _witness = new StoreWitness(site.Folder.PathOf(name), Clock, NullLogger<StoreWitness>.Instance);
        Denylist = new Denylist(Clock);
        Healing = new LossHealing(Store, _feed, Denylist, _witness, new AuditLog(Substitute.For<IAuditTrail>(), NullLogger<AuditLog>.Instance), NullLogger<LossHealing>.Instance);
        Activity = new IssuerActivity(Clock, site.Options.AccessTokenLifetime);
        Authority = AuthorityOn(Store);
    }

    public TokenAuthority Authority { get; }

    public ITokenFamilyStore Store { get; }

    public Denylist Denylist { get; }

    public LossHealing Healing { get; }

    public KeyRing Keys { get; }

    public RefreshKeyRing RefreshKeys { get; }

    public ManualClock Clock => _site.Stores.Clock;

    public TestDirectory Directory => _site.Directory;

    public TokenIssuerOptions Options => _site.Options;

    public IssuerActivity Activity { get; }

    public static SessionRequest Request { get; } = new(OAuthClient.SpaClientId, Scope.None, SessionOrigin.Unknown, "agent");

    /// <summary>Starts an issuer on a new SQLite store, with the user alice.</summary>
    public static Task<Issuer> StartAsync(Action<TokenIssuerOptions>? configure = null) => StartAsync(new SqliteUnderTest(), configure);

    public static async Task<Issuer> StartAsync(StoreUnderTest stores, Action<TokenIssuerOptions>? configure = null)
    {
        var options = new TokenIssuerOptions { Issuer = "https://issuer.example", Keys = { Generate = true }, Scopes = { "notes:read", "notes:write" } };
        configure?.Invoke(options);
        var site = new Site(stores, new TemporaryFolder(), new TestDirectory(), options);
        site.Directory.Add("alice");
        var issuer = new Issuer(site, await stores.OpenAsync(options), "witness-1");
        await issuer.FollowAsync();
        return issuer;
    }

    /// <summary>Starts another issuer of the same deployment: same store, keys, directory and clock, a replica of its own.</summary>
    public async Task<Issuer> JoinAsync()
    {
        var issuer = await JoinUnreadAsync();
        await issuer.FollowAsync();
        return issuer;
    }

    /// <summary>As <see cref="JoinAsync"/>, before the log was read for the first time.</summary>
    public async Task<Issuer> JoinUnreadAsync() => new(_site with { IsGuest = true }, await _site.Stores.OpenAsync(Options), "witness-2");

    /// <summary>Stops this issuer in good order, and starts it again: it remembers nothing but its witness.</summary>
    public async Task<Issuer> RestartAsync()
    {
        await StopAsync();
        var issuer = new Issuer(_site with { IsGuest = true }, await _site.Stores.OpenAsync(Options), "witness-1");
        await issuer.FollowAsync();
        return issuer;
    }

    /// <summary>The same issuer on a store that a test has put something in front of.</summary>
    public TokenAuthority AuthorityOn(ITokenFamilyStore store)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var directory = new UserDirectory(Directory, Clock);
        return new TokenAuthority(
            store, Denylist, Healing, new RefreshTokenSeal(RefreshKeys), new AccessTokenMinter(Keys, Denylist, options), directory, new UserClaimsCache(directory, Clock),
            options, Clock, new TokenIssuerMetrics(_services.GetRequiredService<IMeterFactory>(), Activity), NullLogger<TokenAuthority>.Instance);
    }

    /// <summary>Reads the log on, as the follower does.</summary>
    public async Task FollowAsync()
    {
        var page = await _feed.ReadAsync(Denylist.Cursor, null, CancellationToken.None);
        await Healing.MergeAsync(page, CancellationToken.None);
    }

    public async Task<TokenAnswer> LogInAsync(string username = "alice", SessionRequest? request = null)
        => Assert.IsType<LoginOutcome.LoggedIn>(await TryLogInAsync(username, request: request)).Answer;

    public Task<LoginOutcome> TryLogInAsync(string username = "alice", string? password = null, SessionRequest? request = null)
        => Authority.LogInAsync(new Credentials(username, password ?? TestDirectory.PasswordOf(username)), request ?? Request, CancellationToken.None);

    /// <summary>Somebody changes the password in the session of these tokens.</summary>
    public async Task<PasswordChangeOutcome> ChangePasswordAsync(
        TokenAnswer tokens, string newPassword = "a new password", string username = "alice", string? currentPassword = null, string? otp = null,
        SessionRequest? request = null, CancellationToken cancellationToken = default)
        => await Authority.ChangePasswordAsync(
            Directory.SubjectOf(username), await SessionOfAsync(tokens), currentPassword ?? TestDirectory.PasswordOf(username), otp, newPassword,
            request ?? Request, cancellationToken);

    public async Task<Session> SessionOfAsync(TokenAnswer tokens)
        => Assert.IsType<Session>(await Authority.FindSessionAsync(tokens.SessionId, CancellationToken.None));

    public async Task<TokenAnswer> RefreshAsync(RefreshToken token)
        => Assert.IsType<RefreshOutcome.Refreshed>(await TryRefreshAsync(token)).Answer;

    public Task<RefreshOutcome> TryRefreshAsync(RefreshToken token, SessionRequest? request = null, string? idempotencyKey = null)
        => Authority.RefreshAsync(token, request ?? Request, idempotencyKey, CancellationToken.None);

    public Task<RevocationReceipt> RevokeAsync(RevocationTarget target, RevocationReason reason = RevocationReason.Administrator)
        => Authority.RevokeAsync(target, reason, CancellationToken.None);

    /// <summary>Whether the refresh token, spent or not, still opens anything: a successor or a replay.</summary>
    public async Task<bool> IsAliveAsync(RefreshToken token) => await TryRefreshAsync(token) is RefreshOutcome.Refreshed;

    /// <summary>Whether this issuer's own bearer endpoints would accept the access token.</summary>
    public bool IsAlive(AccessToken token) => Denylist.Check(IdentityOf(token)) == Denial.None;

    public static TokenIdentity IdentityOf(AccessToken token)
    {
        var claims = ClaimsOf(token);
        Assert.True(SessionId.TryParse(claims.GetProperty("sid").GetString(), out var session));
        return new TokenIdentity(
            session,
            claims.GetProperty("jti").GetString()!,
            Decode(token.Reveal().Split('.')[0]).GetProperty("kid").GetString()!,
            claims.GetProperty("gen").GetInt64());
    }

    public static JsonElement ClaimsOf(AccessToken token) => Decode(token.Reveal().Split('.')[1]);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        if (!_site.IsGuest)
        {
            await _site.Stores.DisposeAsync();
            _site.Folder.Dispose();
        }
    }

    private async Task StopAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _witness.DisposeAsync();
        }
    }

    private static JsonElement Decode(string segment) => JsonElement.Parse(Base64Url.DecodeFromChars(segment));

    /// <summary>What all issuers of a deployment share.</summary>
    private sealed record Site(StoreUnderTest Stores, TemporaryFolder Folder, TestDirectory Directory, TokenIssuerOptions Options, bool IsGuest = false);
}
