using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.AccessTokens;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer;

/// <summary>Issues, refreshes, revokes and lists tokens: the one class a host talks to.</summary>
/// <remarks>
/// Expected refusals are outcomes. <see cref="TokenStoreUnavailableException"/> is a failure of ours: answer 503 with
/// <c>Retry-After</c>; nothing is lost, and the client may simply try again.
/// </remarks>
public sealed partial class TokenAuthority
{
    private const int MaxLoginAttempts = 3;

    private readonly ITokenFamilyStore _store;
    private readonly Denylist _denylist;
    private readonly LossHealing _healing;
    private readonly RefreshTokenSeal _seal;
    private readonly AccessTokenMinter _minter;
    private readonly UserDirectory _directory;
    private readonly UserClaimsCache _claims;
    private readonly TokenIssuerOptions _options;
    private readonly RotationPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly TokenIssuerMetrics _metrics;
    private readonly ILogger<TokenAuthority> _logger;

    internal TokenAuthority(
        ITokenFamilyStore store,
        Denylist denylist,
        LossHealing healing,
        RefreshTokenSeal seal,
        AccessTokenMinter minter,
        UserDirectory directory,
        UserClaimsCache claims,
        IOptions<TokenIssuerOptions> options,
        TimeProvider clock,
        TokenIssuerMetrics metrics,
        ILogger<TokenAuthority> logger)
    {
        _store = store;
        _denylist = denylist;
        _healing = healing;
        _seal = seal;
        _minter = minter;
        _directory = directory;
        _claims = claims;
        _options = options.Value;
        _policy = new RotationPolicy(_options.IdleTimeout, _options.ConcurrencyWindow, _options.LostResponseWindow, _options.ReuseScope);
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Signs a user in: reads the generation, verifies the password, starts a session if nothing moved meanwhile.</summary>
    /// <param name="credentials">What the user offers.</param>
    /// <param name="request">The circumstances.</param>
    /// <param name="cancellationToken">Stops waiting; a step already under way is not undone.</param>
    /// <exception cref="TokenStoreUnavailableException">The store did not answer, or the user's generation kept moving.</exception>
    public async Task<LoginOutcome> LogInAsync(Credentials credentials, SessionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(request);
        if (!AllScopes.Covers(request.Scope))
        {
            return new LoginOutcome.InvalidScope();
        }

        var granted = WithScope(request);
        for (var attempt = 0; attempt < MaxLoginAttempts; attempt++)
        {
            var outcome = await TryLogInAsync(credentials, granted, cancellationToken).ConfigureAwait(false);
            if (outcome is not null)
            {
                return outcome;
            }
        }

        throw new TokenStoreUnavailableException("The user's generation kept moving during the login.");
    }

    private Scope AllScopes => Scope.Of([.. _options.Scopes]);

    /// <summary>Whose name this is, hashed to where the store keeps the record.</summary>
    internal UserKey KeyOf(Subject subject) => UserKey.Of(_options.Issuer, subject);

    /// <summary>Asking for no scope is asking for all that may be had.</summary>
    private SessionRequest WithScope(SessionRequest request) => request.Scope == Scope.None ? request with { Scope = AllScopes } : request;

    /// <returns>Null when the generation moved between reading it and starting the session: start over.</returns>
    private async Task<LoginOutcome?> TryLogInAsync(Credentials credentials, SessionRequest request, CancellationToken cancellationToken)
    {
        // Before a one-time code is spent for nothing, and a session started whose tokens nobody would get.
        _minter.FindKey();
        var subject = await _directory.FindAsync(credentials.Username, cancellationToken).ConfigureAwait(false);

        // Unknown names cost a read as well, or the time would tell them apart.
        var key = subject is { } known ? KeyOf(known) : new UserKey(UInt128.Zero);
        var standing = await ReadStandingAsync(key, cancellationToken).ConfigureAwait(false);
        var verdict = await _directory.VerifyAsync(subject, credentials, cancellationToken).ConfigureAwait(false);
        if (verdict != CredentialVerdict.Correct || subject is not { } user)
        {
            return Refuse(verdict, subject);
        }

        var claims = await _directory.LoadAsync(user, cancellationToken).ConfigureAwait(false);
        if (claims is null)
        {
            return Refuse(CredentialVerdict.Disabled, subject);
        }

        return await StartAsync(claims, standing.Floors.Generation, request, signedIn: null, cancellationToken).ConfigureAwait(false);
    }

    private LoginOutcome.Refused Refuse(CredentialVerdict verdict, Subject? subject)
    {
        _logger.LoginRefused(verdict.ToString());
        _metrics.LoginRefused();
        return new LoginOutcome.Refused(verdict, subject);
    }

    private async Task<LoginOutcome?> StartAsync(
        UserClaims user, long generation, SessionRequest request, EarlierSignIn? signedIn, CancellationToken cancellationToken)
    {
        var secret = FamilySecret.New();
        var key = KeyOf(user.Subject);

        // What is listed already has ended: a dead cookie that is shown again and again must not grow the log.
        var replaced = request.Replaces is { } old && old.User == key && !_denylist.Lists(old) ? old.Family : (FamilyId?)null;
        var start = new FamilyStart(
            new SessionId(key, FamilyId.New()),
            new FamilyGrant(user.Subject, request.ClientId, request.Scope, user.Amr, request.Transport),
            request.Origin,
            generation,
            secret.Hash(),
            _seal.CurrentKeyId,
            HashAgent(request.Agent),
            _options.IdleTimeout,
            _options.AbsoluteLifetime,
            MaxSessionsFor(user),
            _options.SessionLimitPolicy,
            replaced,
            signedIn);
        var outcome = await _store.StartFamilyAsync(start, _denylist.KnowledgeOf(key), cancellationToken).ConfigureAwait(false);
        switch (outcome)
        {
            case FamilyStarted.Started started:
                _denylist.Merge(started.Ended, _options.Retention);
                _logger.SessionStarted(start.Session, user.Subject, request.ClientId);
                _metrics.LoginStarted(started.Family);
                var answer = Answer(started.Family, secret, user, generation, request.Scope, started.Now);
                var ended = started.Ended.OfType<RevocationEntry.Family>().ToLookup(entry => entry.Reason, entry => entry.Session);
                return new LoginOutcome.LoggedIn(
                    answer, user, [.. ended[RevocationReason.SessionEvicted]], ended[RevocationReason.Replaced].Cast<SessionId?>().SingleOrDefault());
            case FamilyStarted.LimitReached:
                _metrics.LoginOverLimit();
                return new LoginOutcome.SessionLimitReached(user.Subject);
            default:
                _logger.LoginOvertaken(user.Subject);
                return null;
        }
    }

    private async Task<UserStanding> ReadStandingAsync(UserKey user, CancellationToken cancellationToken)
    {
        ThrowUnlessTrusted();
        return await _store.ReadUserAsync(user, _denylist.KnowledgeOf(user), cancellationToken).ConfigureAwait(false);
    }

    private void ThrowUnlessTrusted()
    {
        if (!_denylist.IsLoaded || _healing.IsHealing)
        {
            throw new TokenStoreUnavailableException("The revocation log has not been read completely yet.");
        }
    }

    private int MaxSessionsFor(UserClaims user)
    {
        var max = _options.MaxSessionsPerUser;
        foreach (var role in user.Roles)
        {
            if (_options.MaxSessionsPerRole.TryGetValue(role, out var limit))
            {
                max = Math.Min(max, limit);
            }
        }

        return max;
    }

    private TokenAnswer Answer(TokenFamily family, FamilySecret secret, UserClaims user, long generation, Scope scope, DateTimeOffset now)
    {
        var minted = _minter.Mint(new AccessTokenGrant(
            family.Session, family.Grant.Subject, family.Grant.ClientId, scope, generation, user.Roles,
            family.Grant.Amr, family.CreatedAt, now, family.IdleEnd));
        var refreshToken = _seal.Seal(new SealedClaims(family.Session, family.Generation, secret), family.SealKeyId);
        return new TokenAnswer(
            minted.Token, minted.Lifetime, refreshToken, scope, family.Session, family.AbsoluteEnd - now, family.IdleEnd - now);
    }

    private static uint HashAgent(string? agent)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(agent ?? string.Empty), digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }
}
