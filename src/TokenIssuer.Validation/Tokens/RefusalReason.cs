namespace TokenIssuer.Validation.Tokens;

/// <summary>Why a token was not accepted: a closed set, for logs, metrics and traces. Clients see only <c>expired</c>, <c>revoked</c> or <c>invalid</c>.</summary>
internal enum RefusalReason
{
    /// <summary>Past <c>exp</c> and the clock skew.</summary>
    Expired = 0,

    /// <summary>Before <c>nbf</c> or <c>iat</c>, the clock skew allowed for.</summary>
    NotYet = 1,

    /// <summary>The key named does not vouch for it, or not with this algorithm.</summary>
    BadSignature = 2,

    /// <summary>No key of the issuer has this <c>kid</c>.</summary>
    UnknownKey = 3,

    /// <summary>Another <c>iss</c>.</summary>
    WrongIssuer = 4,

    /// <summary>Meant for another API.</summary>
    WrongAudience = 5,

    /// <summary>Another kind of token (RFC 9068 §4).</summary>
    WrongType = 6,

    /// <summary>No token of the form this issuer mints.</summary>
    Malformed = 7,

    /// <summary>Its session was revoked.</summary>
    RevokedSession = 8,

    /// <summary>Its user's generation, or everybody's, was raised.</summary>
    RevokedUser = 9,

    /// <summary>It was revoked itself.</summary>
    RevokedToken = 10,

    /// <summary>The key that signed it was retired.</summary>
    RevokedKey = 11,

    /// <summary>The replica of the revocation log is missing or too old to answer: a failure of ours.</summary>
    StaleFeed = 12,

    /// <summary>The issuer's keys or the revocation log can't be reached: a failure of ours.</summary>
    StoreUnavailable = 13,

    /// <summary>The issuer does not vouch for this API token: unknown, expired or revoked, it does not say which.</summary>
    Inactive = 14,
}
