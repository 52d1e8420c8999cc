namespace TokenIssuer.AspNetCore;

/// <summary>The refresh cookie, section <c>TokenIssuer:Cookie</c>. It is always <c>HttpOnly; Secure; SameSite=Strict</c>.</summary>
public sealed class RefreshCookieOptions
{
    /// <summary>
    /// False, the default: <c>__Secure-refresh; Path=/auth</c>. True: <c>__Host-refresh; Path=/</c>, which no sibling
    /// subdomain can plant, at the price that every path of the host gets to see it (RFC 6265bis §4.1.3).
    /// </summary>
    public bool HostPrefix { get; set; }

    /// <summary>
    /// How long browsers keep the cookie across restarts: 1 s to 1800 s, never past the end of the session. Null, the default:
    /// until the browser closes. The cookie's age is a courtesy; the session's ends are kept by the issuer.
    /// </summary>
    public TimeSpan? MaxAge { get; set; }
}
