namespace TokenIssuer.Validation.Tokens;

/// <summary>What this process demands of a token, beside the issuer's keys.</summary>
/// <param name="Audience">The exact <c>aud</c>.</param>
/// <param name="ClockSkew">Granted at both ends of a token's life.</param>
/// <param name="MaxStaleness">How old the replica may be; null asks the log itself each time (strict).</param>
/// <param name="CachedTokens">How many verified tokens are remembered.</param>
internal sealed record TokenRules(string Audience, TimeSpan ClockSkew, TimeSpan? MaxStaleness, int CachedTokens)
{
    /// <summary>What to do with an older replica, where an endpoint does not say.</summary>
    public StalenessPolicy Staleness { get; init; } = StalenessPolicy.Reject;
}
