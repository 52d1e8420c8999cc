using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Bearer;

/// <summary>What verdicts are called: exactly in logs, metrics and traces, in one of three words to clients.</summary>
internal static class Outcomes
{
    public static string NameOf(TokenVerdict verdict) => verdict switch
    {
        TokenVerdict.Accepted => "accepted",
        TokenVerdict.Refused refused => NameOf(refused.Reason),
        TokenVerdict.Unavailable unavailable => NameOf(unavailable.Reason),
        _ => throw new System.Diagnostics.UnreachableException(verdict.GetType().Name),
    };

    public static string NameOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Expired => "expired",
        RefusalReason.NotYet => "not-yet",
        RefusalReason.BadSignature => "bad-signature",
        RefusalReason.UnknownKey => "unknown-key",
        RefusalReason.WrongIssuer => "wrong-issuer",
        RefusalReason.WrongAudience => "wrong-audience",
        RefusalReason.WrongType => "wrong-type",
        RefusalReason.Malformed => "malformed",
        RefusalReason.RevokedSession => "revoked-session",
        RefusalReason.RevokedUser => "revoked-user",
        RefusalReason.RevokedToken => "revoked-token",
        RefusalReason.RevokedKey => "revoked-key",
        RefusalReason.StaleFeed => "stale-feed",
        RefusalReason.StoreUnavailable => "store-unavailable",
        RefusalReason.Inactive => "inactive",
    };

    /// <summary>All that a client is told: more would help whoever forges tokens.</summary>
    public static string ToClient(RefusalReason reason) => reason switch
    {
        RefusalReason.Expired => "expired",
        RefusalReason.RevokedSession or RefusalReason.RevokedUser or RefusalReason.RevokedToken or RefusalReason.RevokedKey => "revoked",
        RefusalReason.NotYet or RefusalReason.BadSignature or RefusalReason.UnknownKey or RefusalReason.WrongIssuer
            or RefusalReason.WrongAudience or RefusalReason.WrongType or RefusalReason.Malformed or RefusalReason.Inactive => "invalid",
        RefusalReason.StaleFeed or RefusalReason.StoreUnavailable => "unavailable",
    };
}
