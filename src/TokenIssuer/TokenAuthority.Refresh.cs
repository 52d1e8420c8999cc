using System.Diagnostics;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer;

/// <content>The refresh grant: unseal, one atomic step in the store, seal and mint.</content>
public sealed partial class TokenAuthority
{
    /// <summary>Exchanges a refresh token for its one successor (RFC 6749 §6, RFC 9700 §4.14.2).</summary>
    /// <param name="token">What the client presents.</param>
    /// <param name="request">The circumstances; its scope may narrow, never widen.</param>
    /// <param name="idempotencyKey">Sent again with a retry after a lost answer; fewer than 8 characters count as none.</param>
    /// <param name="cancellationToken">Stops waiting; a rotation already under way is not undone, and a retry gets its successor.</param>
    /// <exception cref="TokenStoreUnavailableException">The store or the directory did not answer; the same token works afterwards, or yields its one successor.</exception>
    public async Task<RefreshOutcome> RefreshAsync(
        RefreshToken token, SessionRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // The seal first: a stranger's text never reaches the store and can harm nobody's family.
        if (!_seal.TryUnseal(token, out var claims))
        {
            _logger.RefreshTokenUnsealable();
            _metrics.RefreshTokenUnsealable();
            return new RefreshOutcome.InvalidGrant();
        }

        ThrowUnlessTrusted();
        if (_denylist.Lists(claims.Session))
        {
            _logger.RefreshRefused(claims.Session, RotationVerdict.BelowFloor);
            _metrics.RefreshAnswered(RotationVerdict.BelowFloor);
            return new RefreshOutcome.InvalidGrant();
        }

        if (_directory.IsInDoubt)
        {
            await LoadAheadAsync(claims.Session.User, cancellationToken).ConfigureAwait(false);
        }

        // Before the token is spent on an answer that nobody would get.
        _minter.FindKey();
        var rotation = await _store.RotateAsync(
            new RotationRequest(
                claims.Session, claims.Generation, claims.Secret.Hash(), request.ClientId, Binding: null, request.Scope,
                claims.Secret.HashWith(idempotencyKey), HashAgent(request.Agent), _seal.CurrentKeyId, _policy),
            _denylist.KnowledgeOf(claims.Session.User),
            cancellationToken).ConfigureAwait(false);
        _denylist.Merge(rotation.Entries, _options.Retention);
        Note(claims.Session, rotation);

        return rotation switch
        {
            { Verdict: RotationVerdict.Rotated or RotationVerdict.RolledBack or RotationVerdict.ReplayedConcurrent or RotationVerdict.ReplayedLost, Family: { } family }
                => await AnswerAsync(family, claims.Secret, request, rotation, cancellationToken).ConfigureAwait(false),
            { Verdict: RotationVerdict.Reused, Family: { } family } => new RefreshOutcome.Reused(family.Grant.Subject, claims.Session),
            { Verdict: RotationVerdict.WiderScope } => new RefreshOutcome.InvalidScope(),
            { Verdict: RotationVerdict.Missing or RotationVerdict.BelowFloor or RotationVerdict.WrongSecret or RotationVerdict.Expired or RotationVerdict.Foreign or RotationVerdict.Forged }
                => new RefreshOutcome.InvalidGrant(),
            _ => throw new UnreachableException($"The store answered {rotation.Verdict} without a family."),
        };
    }

    /// <summary>
    /// Has claims ready before a token is spent on them: each retry against a directory that is down would otherwise look like
    /// a replay, and beyond the windows like a theft. Good times spare the round trip; what they leave is the refreshes that
    /// are under way when the directory fails.
    /// </summary>
    private async Task LoadAheadAsync(UserKey user, CancellationToken cancellationToken)
    {
        var standing = await _store.ReadUserAsync(user, _denylist.KnowledgeOf(user), cancellationToken).ConfigureAwait(false);
        if (standing.Subject is { } subject)
        {
            await _claims.LoadAsync(subject, standing.Floors.Generation, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RefreshOutcome> AnswerAsync(
        TokenFamily family, FamilySecret secret, SessionRequest request, Rotation rotation, CancellationToken cancellationToken)
    {
        // For the generation that the store told: claims loaded for an earlier one could be older than the token says.
        var user = await _claims.LoadAsync(family.Grant.Subject, rotation.Generation, cancellationToken).ConfigureAwait(false);
        if (user is null)
        {
            _logger.RefreshOfAbsentUser(family.Session, family.Grant.Subject);
            await RevokeAsync(new RevocationTarget.Session(family.Session), RevocationReason.UserDisabled, CancellationToken.None).ConfigureAwait(false);
            return new RefreshOutcome.InvalidGrant();
        }

        var scope = request.Scope == Scope.None ? family.Grant.Scope : request.Scope;
        return new RefreshOutcome.Refreshed(
            Answer(family, secret, user, rotation.Generation, scope, rotation.Now), family.Grant.Subject, NoteForeignReplay(family, request, rotation));
    }

    private void Note(SessionId session, Rotation rotation)
    {
        _metrics.RefreshAnswered(rotation.Verdict, rotation.Family);
        switch (rotation.Verdict)
        {
            case RotationVerdict.Rotated or RotationVerdict.ReplayedConcurrent or RotationVerdict.ReplayedLost:
                _logger.RefreshAnswered(session, rotation.Verdict);
                break;
            case RotationVerdict.RolledBack:
                _logger.RotationRolledBack(session);
                break;
            case RotationVerdict.Reused:
                var age = rotation.Now - (rotation.Family?.RotatedAt ?? rotation.Now);
                _logger.RefreshTokenReused(session, age);
                _metrics.RefreshTokenReused(age);
                break;
            case RotationVerdict.WrongSecret or RotationVerdict.Forged:
                _logger.RefreshTokenForged(session, rotation.Verdict);
                break;
            default:
                _logger.RefreshRefused(session, rotation.Verdict);
                break;
        }
    }

    private bool NoteForeignReplay(TokenFamily family, SessionRequest request, Rotation rotation)
    {
        var isForeign = rotation.Verdict is RotationVerdict.ReplayedConcurrent or RotationVerdict.ReplayedLost
            && family.AgentHash != HashAgent(request.Agent);
        if (isForeign)
        {
            _logger.ForeignReplay(family.Session);
        }

        return isForeign;
    }
}
