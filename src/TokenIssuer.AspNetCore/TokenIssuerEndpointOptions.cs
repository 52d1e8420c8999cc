namespace TokenIssuer.AspNetCore;

/// <summary>What browsers may do, bound from section <c>TokenIssuer</c>. Checked at start: a bad value stops the process with one sentence per fault.</summary>
public sealed class TokenIssuerEndpointOptions
{
    /// <summary>The cookie that carries refresh tokens to browsers.</summary>
    public RefreshCookieOptions Cookie { get; } = new();

    /// <summary>
    /// Origins besides the issuer's own that may send cookie-borne requests and read the answers (CORS with credentials):
    /// scheme, host and port as browsers send them, such as <c>https://app.example.com</c>. Compared exactly. None by default.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];
}
