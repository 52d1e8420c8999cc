using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Requests;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>POST /auth/refresh</c>: the answer goes the way the token came.</summary>
internal sealed class RefreshEndpoint(PresentedTokens tokens, RefreshGrant refreshGrant)
{
    public async Task RefreshAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.RefreshBody).ConfigureAwait(false);
        var presented = reading.Refusal is { } malformed
            ? new PresentedToken.Refused(malformed)
            : tokens.Read(context, reading.Value?.RefreshToken);
        await (presented switch
        {
            PresentedToken.One one => refreshGrant.AnswerAsync(context, one, OAuthClient.SpaClientId, reading.Value?.Scope),
            PresentedToken.Refused { Problem: var problem } => context.RefuseAsync(problem),
            _ => context.RefuseAsync(Problems.MissingRefreshToken),
        }).ConfigureAwait(false);
    }
}

/// <summary>The body of a refresh; empty when the cookie carries the token.</summary>
internal sealed record RefreshBody(string? RefreshToken, string? Scope)
{
    /// <summary>A fixed mask, never the token.</summary>
    public override string ToString() => "(refresh)";
}
