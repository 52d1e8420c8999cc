using Microsoft.AspNetCore.Http;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>What a request was let in with.</summary>
internal static class BearerRequests
{
    /// <summary>The token of an endpoint that demands one.</summary>
    public static VerifiedAccessToken BearerToken(this HttpContext context)
        => AccessTokenIdentity.TokenOf(context.User) ?? throw new InvalidOperationException("The endpoint was reached without a bearer token.");

    /// <summary>The client a token was minted for (RFC 9068 §2.2).</summary>
    public static string? ClientId(this VerifiedAccessToken token) => token.CreatePrincipal().FindFirst("client_id")?.Value;
}
