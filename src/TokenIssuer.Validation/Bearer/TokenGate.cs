using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TokenIssuer.ApiTokens;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Diagnostics;
using TokenIssuer.Validation.Introspection;
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
    ValidationMetrics metrics,
    TimeProvider clock,
    ILogger<TokenGate> logger,
    ApiTokenReader? apiTokens = null)
{
    public const string OutcomeTag = "tokenissuer.outcome";

    // A replica of Redis hears of its master at least every 10 s (repl-ping-replica-period): what is read there may be as old at any time.
    private static readonly TimeSpan s_strictest = TimeSpan.FromSeconds(12);

    private readonly LastingTrouble _unread = new();

    /// <summary>Judges what a request presents.</summary>
    public ValueTask<TokenVerdict> JudgeAsync(string token, RevocationDemand demand, CancellationToken cancellationToken)
        => ApiToken.IsMeantBy(token)
            ? JudgeApiTokenAsync(token, demand, cancellationToken)
            : JudgeAccessTokenAsync(token, demand, cancellationToken);

    /// <summary>Judges credentials that are none.</summary>
    public TokenVerdict Refuse(RefusalReason reason) => Report(Verdicts.Refuse(reason), null);

    /// <summary>Judges a token again that was good before: for whatever outlives the request that brought it.</summary>
    public TokenVerdict JudgeAgain(VerifiedAccessToken token, StalenessPolicy? staleness)
        => token.Validity.Judge(clock.GetUtcNow(), rules.ClockSkew) is { } reason ? Verdicts.Refuse(reason) : AskReplica(token, staleness);

    private async ValueTask<TokenVerdict> JudgeAccessTokenAsync(string token, RevocationDemand demand, CancellationToken cancellationToken)
    {
        var read = await reader.ReadAsync(token, cancellationToken).ConfigureAwait(false);
        if (read is not TokenVerdict.Accepted { Token: var verified })
        {
            return Report(read, null);
        }

        if (verified.Validity.Judge(clock.GetUtcNow(), rules.ClockSkew) is { } reason)
        {
            return Report(Verdicts.Refuse(reason), verified.Identity.Session);
        }

        var verdict = demand.Strict is not null || rules.MaxStaleness is null
            ? await AskLogAsync(verified, cancellationToken).ConfigureAwait(false)
            : AskReplica(verified, demand.Staleness);
        return Report(verdict, verified.Identity.Session);
    }

    /// <summary>An issuer reads none: a token that a script holds must not manage sessions (the reader is that of resource APIs).</summary>
    private async ValueTask<TokenVerdict> JudgeApiTokenAsync(string token, RevocationDemand demand, CancellationToken cancellationToken)
    {
        var read = apiTokens is null
            ? Verdicts.Refuse(RefusalReason.WrongType)
            : await apiTokens.ReadAsync(token, demand, cancellationToken).ConfigureAwait(false);
        if (read is not TokenVerdict.Accepted { Token: var verified })
        {
            return Report(read, null);
        }

        if (verified.Validity.Judge(clock.GetUtcNow(), rules.ClockSkew) is { } reason)
        {
            return Report(Verdicts.Refuse(reason), null);
        }

        // A strict demand has just had the issuer asked, who judges by the store itself.
        return Report(demand.Strict is null ? AskReplica(verified, demand.Staleness) : Denied(verified) ?? verified.Accepted, null);
    }

    private TokenVerdict AskReplica(VerifiedAccessToken token, StalenessPolicy? staleness)
    {
        // What a stale replica does know it has not forgotten.
        if (Denied(token) is { } refused)
        {
            return refused;
        }

        if (denylist.IsLoaded && (rules.MaxStaleness is not { } bound || denylist.Age <= bound))
        {
            return token.Accepted;
        }

        var policy = staleness ?? rules.Staleness;
        if (!policy.Accepts(denylist))
        {
            return Verdicts.StaleFeed;
        }

        metrics.ServedStale(policy);
        return token.Accepted;
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
            if (page.Age > s_strictest)
            {
                throw new TokenStoreUnavailableException($"The log that was read is {page.Age} old: its source is cut off.");
            }

            _unread.End();
        }
        catch (TokenStoreUnavailableException failure)
        {
            if (_unread.ShouldTell(clock, failure, out var inFull))
            {
                logger.StrictReadFailed(failure.Message, inFull);
            }

            return Verdicts.StoreUnavailable;
        }

        return Denied(token) ?? token.Accepted;
    }

    private TokenVerdict? Denied(VerifiedAccessToken token) => Verdicts.Of(denylist.Check(token.Identity));

    private TokenVerdict Report(TokenVerdict verdict, SessionId? session)
    {
        metrics.TokenJudged(verdict);
        Activity.Current?.SetTag(OutcomeTag, Outcomes.NameOf(verdict));
        if (verdict is TokenVerdict.Refused refused)
        {
            logger.Refused(refused.Reason, session);
        }
        else if (verdict is TokenVerdict.Unavailable unavailable)
        {
            logger.Refused(unavailable.Reason, session);
        }

        return verdict;
    }
}
