using System.Collections.Immutable;
using System.Security.Claims;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// An access token whose signature and claims were found right, or an API token that the issuer has vouched for. Immutable, and
/// says nothing about now: whether it has expired or was revoked is asked anew by every request.
/// </summary>
internal sealed class VerifiedAccessToken
{
    private readonly ImmutableArray<Claim> _claims;

    public VerifiedAccessToken(
        TokenIdentity identity,
        Subject subject,
        Scope scope,
        TokenValidity validity,
        ImmutableArray<Claim> claims)
    {
        Identity = identity;
        Subject = subject;
        Scope = scope;
        Validity = validity;
        _claims = claims;
        Accepted = new TokenVerdict.Accepted(this);
    }

    public TokenIdentity Identity { get; }

    public Subject Subject { get; }

    public Scope Scope { get; }

    public TokenValidity Validity { get; }

    /// <summary>The verdict that names this token, made once.</summary>
    public TokenVerdict.Accepted Accepted { get; }

    /// <summary>A principal for one request: claims are copied, so that nothing a request does to them reaches another.</summary>
    public ClaimsPrincipal CreatePrincipal() => new(new AccessTokenIdentity(this, _claims));
}
