using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary>
/// <c>GET /.well-known/openid-configuration</c> and <c>/.well-known/oauth-authorization-server</c>: RFC 8414 metadata. It names
/// what is there and nothing else.
/// </summary>
internal sealed class MetadataEndpoint(KeyRing keys, IOptions<TokenIssuerOptions> options)
{
    private const string CacheControl = "public, max-age=3600";

    public Task GetAsync(HttpContext context)
    {
        var issuer = options.Value.Issuer;
        context.Response.Headers.CacheControl = CacheControl;
        return context.Response.WriteJsonAsync(
            new MetadataBody(
                issuer,
                issuer + IssuerPaths.Jwks,
                [.. options.Value.Scopes],
                ResponseTypesSupported: [],
                SubjectTypesSupported: ["public"],
                [.. keys.Keys.Select(key => key.Key.Algorithm).Distinct(StringComparer.Ordinal)]),
            IssuerJson.Default.MetadataBody);
    }
}

/// <summary>RFC 8414 §2, with what readers of OpenID Connect Discovery 1.0 §3 insist on.</summary>
internal sealed record MetadataBody(
    string Issuer,
    string JwksUri,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported);
