namespace TokenIssuer.Validation.Tokens;

/// <summary>When a token is good, in seconds since 1970 (RFC 7519 §2, NumericDate).</summary>
/// <param name="NotBefore">The later of <c>nbf</c> and <c>iat</c>.</param>
/// <param name="Expires">The <c>exp</c>.</param>
internal readonly record struct TokenValidity(long NotBefore, long Expires)
{
    /// <summary>Null while the token is good; <paramref name="skew"/> is granted at both ends.</summary>
    public RefusalReason? Judge(DateTimeOffset now, TimeSpan skew)
    {
        // The skew is added to what the clock says: a token may name the last second there is.
        if (now - skew >= DateTimeOffset.FromUnixTimeSeconds(Expires))
        {
            return RefusalReason.Expired;
        }

        return now + skew < DateTimeOffset.FromUnixTimeSeconds(NotBefore) ? RefusalReason.NotYet : null;
    }
}
