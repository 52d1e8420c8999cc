using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>
/// Where a request came from, as far as the browser says so. A body-less POST makes no preflight, so CORS does not keep a
/// foreign page from sending the cookie along: whatever acts on the cookie asks here first.
/// </summary>
internal sealed class OriginCheck(IOptions<TokenIssuerOptions> issuer, IOptions<TokenIssuerEndpointOptions> endpoints)
{
    private const string FetchSiteHeader = "Sec-Fetch-Site";
    private const string SameOrigin = "same-origin";

    private readonly string _own = OriginOf(new Uri(issuer.Value.Issuer));
    private readonly HashSet<string> _allowed = new(endpoints.Value.AllowedOrigins, StringComparer.Ordinal);

    /// <summary>An origin as browsers write it (RFC 6454 §6.2).</summary>
    public static string OriginOf(Uri uri)
    {
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
    }

    public OriginVerdict Judge(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        var site = request.Headers[FetchSiteHeader];
        if (origin.Count == 0)
        {
            return site.Count == 0 ? OriginVerdict.Unknown : Judge(site.ToString());
        }

        // A listed page on another site is told by its origin; Sec-Fetch-Site can only say that the site is another one.
        if (_allowed.Contains(origin.ToString()))
        {
            return OriginVerdict.Trusted;
        }

        return origin.ToString() == _own && (site.Count == 0 || Judge(site.ToString()) == OriginVerdict.Trusted)
            ? OriginVerdict.Trusted
            : OriginVerdict.Foreign;
    }

    private static OriginVerdict Judge(string site) => site == SameOrigin ? OriginVerdict.Trusted : OriginVerdict.Foreign;
}

/// <summary>What is known of the page that sent a request.</summary>
internal enum OriginVerdict
{
    /// <summary>Neither <c>Origin</c> nor <c>Sec-Fetch-Site</c>: no browser of today, or one that was made to hide it.</summary>
    Unknown = 0,

    /// <summary>The issuer's own origin or a listed one.</summary>
    Trusted = 1,

    /// <summary>Any other page.</summary>
    Foreign = 2,
}
