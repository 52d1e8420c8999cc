using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.ApiTokens;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.OAuth;

/// <summary>
/// <c>POST /oauth/introspect</c> (RFC 7662), for clients that prove themselves. It judges like the issuer's own endpoints, and
/// tells nothing of a token that is not good: dead, unknown and foreign ones get the same answer. Refresh tokens are never
/// active: no resource API has any business with one.
/// </summary>
internal sealed class IntrospectEndpoint(
    TokenAuthority authority, ClientAuthentication clients, TokenGate gate, IOptions<TokenIssuerOptions> options)
{
    public async Task InspectAsync(HttpContext context)
    {
        var reading = await FormBody.ReadAsync(context).ConfigureAwait(false);
        if (reading.Form is not { } form)
        {
            await context.RefuseAsync(reading.Refusal ?? Problems.BadRequest).ConfigureAwait(false);
            return;
        }

        var verdict = clients.Authenticate(context, form);
        if (verdict is not ClientVerdict.Known { Client.Public: false })
        {
            // A public client proves nothing: tokens must not be scanned for by anybody (RFC 7662 §2.1).
            await (verdict is ClientVerdict.Known ? new ClientVerdict.Refused() : verdict).RefuseAsync(context).ConfigureAwait(false);
            return;
        }

        if (form["token"] is not { } token)
        {
            await context.RefuseAsync(Problems.MissingToken).ConfigureAwait(false);
            return;
        }

        var body = ApiToken.TryParse(token, out var apiToken)
            ? await InspectAsync(apiToken, context.RequestAborted).ConfigureAwait(false)
            : await InspectAsync(token, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.IntrospectionBody).ConfigureAwait(false);
    }

    private async Task<IntrospectionBody> InspectAsync(string token, CancellationToken cancellationToken)
        => await gate.JudgeAsync(token, RevocationDemand.OfIssuer, cancellationToken).ConfigureAwait(false) switch
        {
            TokenVerdict.Accepted { Token: var accepted } => IntrospectionBody.Of(accepted),
            TokenVerdict.Unavailable => throw new TokenStoreUnavailableException("Whether the token is alive can't be told now."),
            _ => IntrospectionBody.Inactive,
        };

    private async Task<IntrospectionBody> InspectAsync(ApiToken token, CancellationToken cancellationToken)
        => await authority.InspectApiTokenAsync(token, cancellationToken).ConfigureAwait(false) is { } inspection
            ? IntrospectionBody.Of(inspection, options.Value)
            : IntrospectionBody.Inactive;
}
