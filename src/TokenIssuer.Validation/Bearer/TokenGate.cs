using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Diagnostics;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Bearer;

/// <summary>
/// The one check: whether a token is good now. Every way into the application asks here, so that none of them can forget
/// the denylist.
/// </summary>
internal sealed class TokenGate(
    AccessTokenReader reader,
    Denylist denylist,
    IRevocationFeed feed,
    TokenRules rules,
    TimeProvider clock,
    ILogger<TokenGate> logger)
{
    /// <summary>Judges what a request presents.</summary>
    public async ValueTask<TokenVerdict> JudgeAsync(string token, RevocationDemand demand, CancellationToken cancellationToken)
    {
        var read = await reader.ReadAsync(token, cancellationToken).ConfigureAwait(false);
        if (read is not TokenVerdict.Accepted { Token: var verified })
        {
            return read;
        }

        if (verified.Validity.Judge(clock.GetUtcNow(), rules.ClockSkew) is { } reason)
        {
            return Verdicts.Refuse(reason);
        }

        return demand == RevocationDemand.Strict || rules.MaxStaleness is null
            ? await AskLogAsync(verified, cancellationToken).ConfigureAwait(false)
            : AskReplica(verified);
    }

    /// <summary>Judges a token again that was good before: for whatever outlives the request that brought it.</summary>
    public TokenVerdict JudgeAgain(VerifiedAccessToken token)
        => token.Validity.Judge(clock.GetUtcNow(), rules.ClockSkew) is { } reason ? Verdicts.Refuse(reason) : AskReplica(token);

    private TokenVerdict AskReplica(VerifiedAccessToken token)
    {
        // What a stale replica does know it has not forgotten.
        if (Denied(token) is { } refused)
        {
            return refused;
        }

        return denylist.IsLoaded && (rules.MaxStaleness is not { } bound || denylist.Age <= bound) ? token.Accepted : Verdicts.StaleFeed;
    }

    private async ValueTask<TokenVerdict> AskLogAsync(VerifiedAccessToken token, CancellationToken cancellationToken)
    {
        if (Denied(token) is { } refused)
        {
            return refused;
        }

        try
        {
            var page = await feed.ReadAsync(denylist.Cursor, token.Identity.Session.User, cancellationToken).ConfigureAwait(false);
            denylist.Merge(page.Entries, page.Retention);
        }
        catch (TokenStoreUnavailableException failure)
        {
            logger.StrictReadFailed(failure);
            return Verdicts.StoreUnavailable;
        }

        return Denied(token) ?? (TokenVerdict)token.Accepted;
    }

    private TokenVerdict.Refused? Denied(VerifiedAccessToken token) => denylist.Check(token.Identity) switch
    {
        Denial.None => null,
        Denial.Session => Verdicts.Refuse(RefusalReason.RevokedSession),
        Denial.User => Verdicts.Refuse(RefusalReason.RevokedUser),
        Denial.Token => Verdicts.Refuse(RefusalReason.RevokedToken),
        Denial.Key => Verdicts.Refuse(RefusalReason.RevokedKey),
    };
}
