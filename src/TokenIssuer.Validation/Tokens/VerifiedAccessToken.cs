using System.Collections.Immutable;
using System.Security.Claims;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// An access token whose signature and claims were found right. Immutable, and says nothing about now: whether it has
/// expired or was revoked is asked anew by every request.
/// </summary>
internal sealed class VerifiedAccessToken
{
    private readonly ImmutableArray<Claim> _claims;

    public VerifiedAccessToken(
        TokenIdentity identity,
        Subject subject,
        Scope scope,
        TokenValidity validity,
        VerificationKey key,
        ImmutableArray<Claim> claims)
    {
        Identity = identity;
        Subject = subject;
        Scope = scope;
        Validity = validity;
        Key = key;
        _claims = claims;
        Accepted = new TokenVerdict.Accepted(this);
    }

    public TokenIdentity Identity { get; }

    public Subject Subject { get; }

    public Scope Scope { get; }

    public TokenValidity Validity { get; }

    public VerificationKey Key { get; }

    /// <summary>The verdict that names this token, made once.</summary>
    public TokenVerdict.Accepted Accepted { get; }

    /// <summary>A principal for one request: claims are copied, so that nothing a request does to them reaches another.</summary>
    public ClaimsPrincipal CreatePrincipal() => new(new AccessTokenIdentity(this, _claims));
}
