using Microsoft.AspNetCore.Http;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>What a request was let in with.</summary>
internal static class BearerRequests
{
    /// <summary>The token of an endpoint that demands one.</summary>
    public static VerifiedAccessToken BearerToken(this HttpContext context)
        => AccessTokenIdentity.TokenOf(context.User) ?? throw new InvalidOperationException("The endpoint was reached without a bearer token.");
}
