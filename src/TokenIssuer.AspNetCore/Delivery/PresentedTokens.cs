using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>
/// Finds the one refresh token of a request, in the cookie or in the body. A cookie counts only when the request comes from
/// a trusted origin, and two tokens count as none: nothing may happen to either.
/// </summary>
internal sealed class PresentedTokens(RefreshCookie cookie, OriginCheck origins, ILogger<PresentedTokens> logger)
{
    public PresentedToken Read(HttpContext context, string? bodyToken)
    {
        var presented = cookie.Read(context.Request);
        switch (presented)
        {
            case PresentedCookie.None:
                return bodyToken is null ? new PresentedToken.None() : new PresentedToken.One(new RefreshToken(bodyToken), TokenTransport.Body);
            case PresentedCookie.One { Token: var token } when bodyToken is null:
                if (origins.Judge(context.Request) == OriginVerdict.Trusted)
                {
                    return new PresentedToken.One(token, TokenTransport.Cookie);
                }

                logger.CookieFromForeignOrigin(context.EndpointName());
                return new PresentedToken.Refused(Problems.ForbiddenOrigin);
            default:
                logger.AmbiguousRefreshToken(context.EndpointName());
                return new PresentedToken.Refused(Problems.AmbiguousRefreshToken);
        }
    }
}

/// <summary>The refresh token of a request.</summary>
internal abstract record PresentedToken
{
    private PresentedToken()
    {
    }

    /// <summary>There is none.</summary>
    public sealed record None : PresentedToken;

    /// <summary>One, of whatever content, and the way it came.</summary>
    public sealed record One(RefreshToken Token, TokenTransport Transport) : PresentedToken;

    /// <summary>Not to be looked at.</summary>
    public sealed record Refused(Problem Problem) : PresentedToken;
}
