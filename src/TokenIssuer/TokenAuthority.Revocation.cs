using System.Diagnostics;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer;

/// <content>Revoking and listing.</content>
public sealed partial class TokenAuthority
{
    /// <summary>Revokes, durably and on this issuer at once; other issuers and APIs learn it from the log.</summary>
    /// <param name="target">What.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting; a revocation already under way is not undone.</param>
    /// <exception cref="TokenStoreUnavailableException">It could not be stored: nothing may be assumed revoked. Try again.</exception>
    public async Task<RevocationReceipt> RevokeAsync(RevocationTarget target, RevocationReason reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var killed = target switch
        {
            // What is listed already is dead: a token that is shown again and again must not grow the log.
            RevocationTarget.Session session when _denylist.Lists(session.Id) => new Killed(0, 0, []),
            RevocationTarget.Session session => await _store.RevokeFamilyAsync(session.Id, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.OtherSessions others => await _store.RevokeOtherFamiliesAsync(others.Kept, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.AllSessions all => await RaiseAsync(all.User, KillReach.Sessions, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.EverythingOf all => await RaiseAsync(all.User, KillReach.Everything, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.AccessTokensOf all => await RaiseAsync(all.User, KillReach.AccessTokens, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.ApiToken token => await _store.RevokeApiTokenAsync(token.Id, reason, cancellationToken).ConfigureAwait(false),
            RevocationTarget.Token token => await _store.AppendAsync(
                [new RevocationEntry.Token(token.Jti, reason, DateTimeOffset.MinValue)], cancellationToken).ConfigureAwait(false),
            RevocationTarget.Key key => await _store.AppendAsync(
                [new RevocationEntry.Key(key.KeyId, reason, DateTimeOffset.MinValue)], cancellationToken).ConfigureAwait(false),
            RevocationTarget.Everything => await _store.RevokeAllAsync(reason, _denylist.HighestGeneration, cancellationToken).ConfigureAwait(false),
            _ => throw new UnreachableException($"{target.GetType().Name} is not a known target."),
        };

        // An issuer applies its own kill before it acknowledges it.
        _denylist.Merge(killed.Entries, _options.Retention);
        _logger.Revoked(target.ToString(), reason.ToString(), killed.Sessions, killed.ApiTokens);
        _metrics.Revoked(reason);
        return new RevocationReceipt(killed.Sessions, killed.ApiTokens, killed.Entries.Count > 0 ? killed.Entries[^1].Id : null)
        {
            IsAtLeast = killed.IsAtLeast,
        };
    }

    /// <summary>What a revocation would kill now. Changes nothing.</summary>
    /// <param name="target">What.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<RevocationReceipt> CountAsync(RevocationTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        switch (target)
        {
            case RevocationTarget.Session session:
                var isAlive = await FindOwnerAsync(session.Id, cancellationToken).ConfigureAwait(false) is not null;
                return new RevocationReceipt(isAlive ? 1 : 0, 0, null);
            case RevocationTarget.ApiToken token:
                var known = _denylist.KnowledgeOf(token.Id.User);
                var living = await _store.ListApiTokensAsync(token.Id.User, known, cancellationToken).ConfigureAwait(false);
                return new RevocationReceipt(0, living.Count(record => record.Id == token.Id), null);
            case RevocationTarget.EverythingOf all:
                var ofUser = await _store.CountAsync(KeyOf(all.User), cancellationToken).ConfigureAwait(false);
                return new RevocationReceipt(ofUser.Sessions, ofUser.ApiTokens, null);
            case RevocationTarget.AllSessions all:
                var sessions = await _store.CountAsync(KeyOf(all.User), cancellationToken).ConfigureAwait(false);
                return new RevocationReceipt(sessions.Sessions, 0, null);
            case RevocationTarget.OtherSessions others:
                var siblings = await _store.CountAsync(others.Kept.User, cancellationToken).ConfigureAwait(false);
                return new RevocationReceipt(Math.Max(0, siblings.Sessions - 1), 0, null);
            case RevocationTarget.Everything:
                var everything = await _store.CountAsync(null, cancellationToken).ConfigureAwait(false);
                return new RevocationReceipt(everything.Sessions, everything.ApiTokens, null) { IsAtLeast = everything.IsAtLeast };
            default:
                return new RevocationReceipt(0, 0, null);
        }
    }

    /// <summary>The living sessions of a user, newest first.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<Session>> ListSessionsAsync(Subject user, CancellationToken cancellationToken)
    {
        var key = KeyOf(user);
        var families = await _store.ListFamiliesAsync(key, _denylist.KnowledgeOf(key), cancellationToken).ConfigureAwait(false);
        return [.. families.Where(family => !_denylist.Lists(family.Session)).Select(Describe)];
    }

    /// <summary>A living session.</summary>
    /// <param name="session">Which.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when it is dead or unknown.</returns>
    public async Task<Session?> FindSessionAsync(SessionId session, CancellationToken cancellationToken)
        => await FindFamilyAsync(session, cancellationToken).ConfigureAwait(false) is { } family ? Describe(family) : null;

    /// <summary>Finds the session of a refresh token by its seal alone: spent and expired tokens are found as well.</summary>
    /// <param name="token">What a client presents.</param>
    /// <param name="session">Its session.</param>
    /// <returns>False for anything that this issuer did not seal.</returns>
    public bool TryFindSession(RefreshToken token, out SessionId session)
    {
        var isOurs = _seal.TryUnseal(token, out var claims);
        session = claims.Session;
        return isOurs;
    }

    /// <summary>Whose session this is, as long as it is alive.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when it is dead or unknown.</returns>
    public async Task<Subject?> FindOwnerAsync(SessionId session, CancellationToken cancellationToken)
        => (await FindGrantAsync(session, cancellationToken).ConfigureAwait(false))?.Subject;

    /// <summary>What a living session was granted, and to which client; null when it is dead or unknown.</summary>
    internal async Task<FamilyGrant?> FindGrantAsync(SessionId session, CancellationToken cancellationToken)
        => (await FindFamilyAsync(session, cancellationToken).ConfigureAwait(false))?.Grant;

    private async Task<TokenFamily?> FindFamilyAsync(SessionId session, CancellationToken cancellationToken)
    {
        var families = await _store.ListFamiliesAsync(session.User, _denylist.KnowledgeOf(session.User), cancellationToken).ConfigureAwait(false);
        return families.FirstOrDefault(family => family.Session == session && !_denylist.Lists(session));
    }

    private static Session Describe(TokenFamily family) => new(
        family.Session, family.CreatedAt, family.RotatedAt, family.IdleEnd, family.AbsoluteEnd, family.Origin,
        family.Grant.ClientId, family.Grant.Amr, family.Grant.Transport);

    private Task<Killed> RaiseAsync(Subject user, KillReach reach, RevocationReason reason, CancellationToken cancellationToken)
    {
        var key = KeyOf(user);
        return _store.RevokeUserAsync(key, user, reach, reason, _denylist.KnowledgeOf(key), cancellationToken);
    }
}
