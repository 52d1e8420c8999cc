namespace TokenIssuer.Validation;

/// <summary>The settings of a resource API, section <c>TokenIssuerValidation</c>. Checked at start: a bad value stops the process with one sentence per fault.</summary>
public sealed class TokenIssuerValidationOptions
{
    /// <summary>The section of the configuration that holds these settings.</summary>
    public const string Section = "TokenIssuerValidation";

    /// <summary>The base address of the issuer, from where metadata, keys and revocations are read. Must be https outside Development.</summary>
    public string Authority { get; set; } = string.Empty;

    /// <summary>The exact <c>iss</c> demanded. By default the one that the metadata under <see cref="Authority"/> names; if set, the metadata must name the same.</summary>
    public string? Issuer { get; set; }

    /// <summary>The exact <c>aud</c> demanded: the name of this API (RFC 9068 §4).</summary>
    public string Audience { get; set; } = string.Empty;

    /// <summary>
    /// How old the replica of the revocation log may be before requests are answered with 503: 1 s to 1 h, 30 s by default.
    /// A token revoked while the feed is down lives on for that long at most.
    /// </summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What happens to requests when the replica is older than <see cref="MaxStaleness"/>: 503 by default. Endpoints may differ (<c>WithStaleness</c>).</summary>
    public StalenessPolicy Staleness { get; set; } = StalenessPolicy.Reject;

    /// <summary>Granted at both ends of a token's life, for clocks that disagree: 0 to 5 min, 10 s by default.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many verified tokens are remembered, so that their signatures are not checked again: 0 to 1,048,576, 16,384 by default,
    /// about 3 kB each. What is remembered is that a signature was valid; expiry and revocation are asked every time.
    /// </summary>
    public int CachedTokens { get; set; } = 16_384;

    /// <summary>
    /// The client that this API is to the issuer: under it <c>/oauth/revocations</c> is followed, for which it needs the scope
    /// <c>revocations:read</c>, and the issuer is asked about API tokens. Where the revocations are followed in Redis it may be left
    /// out; then API tokens are refused as <c>invalid</c>.
    /// </summary>
    public string? ClientId { get; set; }

    /// <summary>The secret of <see cref="ClientId"/>. Never logged.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Whether the issuer may be called over plain http: set from the environment, true in Development only.</summary>
    internal bool AllowHttp { get; set; }
}
