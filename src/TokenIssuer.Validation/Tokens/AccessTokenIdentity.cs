using System.Security.Claims;
using TokenIssuer.AccessTokens;

namespace TokenIssuer.Validation.Tokens;

/// <summary>The identity of a request, which remembers its token: streams, hubs and background work watch over it.</summary>
internal sealed class AccessTokenIdentity : ClaimsIdentity
{
    private const string Kind = "Bearer";

    public AccessTokenIdentity(VerifiedAccessToken token, IEnumerable<Claim> claims)
        : base(claims, Kind, "sub", AccessTokenMinter.RolesClaim)
    {
        Token = token;
    }

    private AccessTokenIdentity(AccessTokenIdentity other)
        : base(other)
    {
        Token = other.Token;
    }

    public VerifiedAccessToken Token { get; }

    /// <summary>The token a principal came from; null when it came from elsewhere.</summary>
    public static VerifiedAccessToken? TokenOf(ClaimsPrincipal? principal)
    {
        if (principal is not null)
        {
            foreach (var identity in principal.Identities)
            {
                if (identity is AccessTokenIdentity own)
                {
                    return own.Token;
                }
            }
        }

        return null;
    }

    public override ClaimsIdentity Clone() => new AccessTokenIdentity(this);
}
