using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Families;
using TokenIssuer.Signing;

namespace TokenIssuer.AccessTokens;

/// <summary>Mints access tokens after RFC 9068: typed <c>at+jwt</c>, signed by the current key, never longer than their session.</summary>
internal sealed class AccessTokenMinter(KeyRing keys, IOptions<TokenIssuerOptions> options)
{
    public const string TokenType = "at+jwt";
    public const string GenerationClaim = "gen";
    public const string RolesClaim = "roles";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public MintedToken Mint(AccessTokenGrant grant)
    {
        var issuedAt = grant.Now.ToUnixTimeSeconds();
        var expires = Math.Min(
            (grant.Now + options.Value.AccessTokenLifetime).ToUnixTimeSeconds(),
            grant.End.ToUnixTimeSeconds());
        var claims = new Dictionary<string, object>(16)
        {
            [JwtRegisteredClaimNames.Iss] = options.Value.Issuer,
            [JwtRegisteredClaimNames.Aud] = options.Value.Audience,
            [JwtRegisteredClaimNames.Sub] = grant.Subject.Value,
            ["client_id"] = grant.ClientId,
            [JwtRegisteredClaimNames.Iat] = issuedAt,
            [JwtRegisteredClaimNames.Exp] = expires,
            [JwtRegisteredClaimNames.Jti] = NewTokenId(),
            [JwtRegisteredClaimNames.Sid] = grant.Session.ToString(),
            [GenerationClaim] = grant.Generation,
            ["scope"] = grant.Scope.ToString(),
        };
        if (grant.Amr.Length > 0)
        {
            claims[JwtRegisteredClaimNames.AuthTime] = grant.AuthenticatedAt.ToUnixTimeSeconds();
            claims[JwtRegisteredClaimNames.Amr] = grant.Amr.Split(' ');
        }

        if (grant.Roles.Count > 0)
        {
            claims[RolesClaim] = grant.Roles;
        }

        var text = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            TokenType = TokenType,
            SigningCredentials = keys.Current.Credentials,
        });
        return new MintedToken(new AccessToken(text), TimeSpan.FromSeconds(Math.Max(0, expires - issuedAt)));
    }

    private static string NewTokenId()
    {
        Span<byte> bytes = stackalloc byte[Identifier128.Size];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
