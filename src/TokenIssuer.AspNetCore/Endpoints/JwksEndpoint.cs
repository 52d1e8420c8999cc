using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>GET /.well-known/jwks.json</c>: announced, signing and retiring keys (RFC 7517 §5), their public halves only.</summary>
internal sealed class JwksEndpoint(KeyRing keys, IOptions<TokenIssuerOptions> options)
{
    private static readonly TimeSpan s_longestCaching = TimeSpan.FromHours(1);

    // Half the time a key stands announced: whoever obeys this has a key well before it signs.
    private readonly string _cacheControl = Invariant(
        options.Value.Keys.AnnounceFor / 2 < s_longestCaching ? options.Value.Keys.AnnounceFor / 2 : s_longestCaching);

    public Task GetAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = _cacheControl;
        return context.Response.WriteJsonAsync(new JwksBody([.. keys.Keys.Select(key => JwkBody.Of(key.Key.PublicKey))]), IssuerJson.Default.JwksBody);
    }

    private static string Invariant(TimeSpan maxAge) => string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)maxAge.TotalSeconds}");
}

internal sealed record JwksBody(IReadOnlyList<JwkBody> Keys);

/// <summary>The public members by name: a private one could only get here if somebody added it.</summary>
internal sealed record JwkBody(string Kty, string Use, string Alg, string Kid, string? Crv, string? X, string? Y, string? N, string? E)
{
    public static JwkBody Of(JsonWebKey key) => new(key.Kty, key.Use, key.Alg, key.Kid, key.Crv, key.X, key.Y, key.N, key.E);
}
