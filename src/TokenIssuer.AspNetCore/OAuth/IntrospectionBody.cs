using TokenIssuer.ApiTokens;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.OAuth;

/// <summary>RFC 7662 §2.2, with the members by which a token may be revoked. Instants are seconds since 1970.</summary>
internal sealed record IntrospectionBody(bool Active)
{
    /// <summary>All that is told of a token that is not good.</summary>
    public static IntrospectionBody Inactive { get; } = new(Active: false);

    public string? Scope { get; init; }

    public string? ClientId { get; init; }

    public string? Username { get; init; }

    public string? TokenType { get; init; }

    public long? Exp { get; init; }

    public long? Iat { get; init; }

    public string? Sub { get; init; }

    public string? Aud { get; init; }

    public string? Iss { get; init; }

    public string? Jti { get; init; }

    public string? Sid { get; init; }

    /// <summary>Of an access token the generation it was minted with, of an API token the one it was born with.</summary>
    public long? Gen { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Of an API token: for how many seconds an API may believe this answer, an access-token lifetime. Not of the RFC, which allows more members.</summary>
    public long? RecheckIn { get; init; }

    public static IntrospectionBody Of(VerifiedAccessToken token)
    {
        var claims = token.CreatePrincipal();
        var roles = claims.FindAll("roles").Select(claim => claim.Value).ToList();
        return new IntrospectionBody(Active: true)
        {
            Scope = token.Scope.ToString(),
            ClientId = token.ClientId(),
            TokenType = "Bearer",
            Exp = token.Validity.Expires,
            Iat = token.Validity.NotBefore,
            Sub = token.Subject.Value,
            Aud = claims.FindFirst("aud")?.Value,
            Iss = claims.FindFirst("iss")?.Value,
            Jti = token.Identity.TokenId,
            Sid = token.Identity.Session.ToString(),
            Gen = token.Identity.Generation,
            Roles = roles.Count == 0 ? null : roles,
        };
    }

    public static IntrospectionBody Of(ApiTokenInspection inspection, TokenIssuerOptions options)
    {
        var (token, user) = (inspection.Description, inspection.User);
        return new IntrospectionBody(Active: true)
        {
            Scope = token.Scope.ToString(),
            Username = user.Username,
            TokenType = "Bearer",
            Exp = token.ExpiresAt.ToUnixTimeSeconds(),
            Iat = token.CreatedAt.ToUnixTimeSeconds(),
            Sub = user.Subject.Value,
            Aud = options.Audience,
            Iss = options.Issuer,
            Jti = token.Id.ToString(),
            Gen = inspection.Birth,
            Roles = user.Roles.Count == 0 ? null : user.Roles,
            RecheckIn = (long)options.AccessTokenLifetime.TotalSeconds,
        };
    }
}
