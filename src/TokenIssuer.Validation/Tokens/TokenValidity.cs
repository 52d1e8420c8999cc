namespace TokenIssuer.Validation.Tokens;

/// <summary>When a token is good, in seconds since 1970 (RFC 7519 §2, NumericDate).</summary>
/// <param name="NotBefore">The later of <c>nbf</c> and <c>iat</c>.</param>
/// <param name="Expires">The <c>exp</c>.</param>
internal readonly record struct TokenValidity(long NotBefore, long Expires)
{
    /// <summary>Null while the token is good; <paramref name="skew"/> is granted at both ends.</summary>
    public RefusalReason? Judge(DateTimeOffset now, TimeSpan skew)
    {
        if (now >= DateTimeOffset.FromUnixTimeSeconds(Expires) + skew)
        {
            return RefusalReason.Expired;
        }

        return now < DateTimeOffset.FromUnixTimeSeconds(NotBefore) - skew ? RefusalReason.NotYet : null;
    }
}
