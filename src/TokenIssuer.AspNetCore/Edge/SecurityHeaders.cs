using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>
/// The headers of every answer of the issuer, errors included. An endpoint that sets one itself, such as a page with a
/// policy of its own, keeps it.
/// </summary>
internal sealed class SecurityHeaders(IHostEnvironment environment)
{
    private const string NoStore = "no-store";

    private readonly bool _isTransportStrict = !environment.IsDevelopment();

    public void AddTo(HttpContext context) => context.Response.OnStarting(static state =>
    {
        var (headers, context) = ((SecurityHeaders, HttpContext))state;
        headers.Add(context);
        return Task.CompletedTask;
    }, (this, context));

    private void Add(HttpContext context)
    {
        var response = context.Response;
        var surface = IssuerPaths.SurfaceOf(context);
        if (surface is null && (context.GetEndpoint() is not null || response.StatusCode < StatusCodes.Status400BadRequest))
        {
            return;
        }

        var headers = response.Headers;
        headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        if (_isTransportStrict)
        {
            headers.TryAdd(HeaderNames.StrictTransportSecurity, "max-age=31536000; includeSubDomains");
        }

        headers.TryAdd(HeaderNames.CacheControl, NoStore);
        if (headers.CacheControl == NoStore)
        {
            // RFC 6749 §5.1 wants both.
            headers.TryAdd(HeaderNames.Pragma, "no-cache");
        }

        // Also where no origin was allowed: a cache must not give that answer to an origin that is.
        if (surface != IssuerSurface.Public && !headers.Vary.Contains(HeaderNames.Origin))
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }
    }
}
