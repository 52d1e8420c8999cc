using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.OAuth;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary>
/// <c>GET /.well-known/openid-configuration</c> and <c>/.well-known/oauth-authorization-server</c>: RFC 8414 metadata. It names
/// what is there and nothing else.
/// </summary>
internal sealed class MetadataEndpoint(KeyRing keys, IOptions<TokenIssuerOptions> options)
{
    private const string CacheControl = "public, max-age=3600";
    private static readonly string[] s_secretMethods = ["client_secret_basic", "client_secret_post"];
    private static readonly string[] s_clientMethods = [.. s_secretMethods, "none"];

    public Task GetAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = CacheControl;
        return context.Response.WriteJsonAsync(Describe(options.Value.Issuer), IssuerJson.Default.MetadataBody);
    }

    private MetadataBody Describe(string issuer) => new(
        issuer,
        issuer + IssuerPaths.Jwks,
        issuer + IssuerPaths.Token,
        issuer + IssuerPaths.Revoke,
        issuer + IssuerPaths.Introspect,
        GrantTypesSupported: [TokenEndpoint.RefreshTokenGrant, TokenEndpoint.ClientCredentialsGrant],
        [.. options.Value.Scopes],
        TokenEndpointAuthMethodsSupported: s_clientMethods,
        RevocationEndpointAuthMethodsSupported: s_clientMethods,
        IntrospectionEndpointAuthMethodsSupported: s_secretMethods,
        ResponseTypesSupported: [],
        SubjectTypesSupported: ["public"],
        [.. keys.Keys.Select(key => key.Key.Algorithm).Distinct(StringComparer.Ordinal)]);
}

/// <summary>RFC 8414 §2, with what readers of OpenID Connect Discovery 1.0 §3 insist on.</summary>
internal sealed record MetadataBody(
    string Issuer,
    string JwksUri,
    string TokenEndpoint,
    string RevocationEndpoint,
    string IntrospectionEndpoint,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> RevocationEndpointAuthMethodsSupported,
    IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported);
