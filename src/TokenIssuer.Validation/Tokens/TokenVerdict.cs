namespace TokenIssuer.Validation.Tokens;

/// <summary>What became of a presented token.</summary>
internal abstract record TokenVerdict
{
    private TokenVerdict()
    {
    }

    /// <summary>It is good.</summary>
    public sealed record Accepted(VerifiedAccessToken Token) : TokenVerdict;

    /// <summary>It is not: 401.</summary>
    public sealed record Refused(RefusalReason Reason) : TokenVerdict;

    /// <summary>Nobody can tell now: 503, never 401.</summary>
    public sealed record Unavailable(RefusalReason Reason) : TokenVerdict;
}
