using Microsoft.AspNetCore.Http;
using TokenIssuer.ApiTokens;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.OAuth;

/// <summary>
/// <c>POST /oauth/revoke</c> (RFC 7009). A refresh token takes its session along, an access token dies alone, and a token of
/// another client is left alone; the answer tells none of this. The hint is not needed: what a token is shows.
/// </summary>
internal sealed class RevokeEndpoint(TokenAuthority authority, ClientAuthentication clients, TokenGate gate, RequestAudit audit)
{
    public async Task RevokeAsync(HttpContext context)
    {
        var reading = await FormBody.ReadAsync(context).ConfigureAwait(false);
        if (reading.Form is not { } form)
        {
            await context.RefuseAsync(reading.Refusal ?? Problems.BadRequest).ConfigureAwait(false);
            return;
        }

        var verdict = clients.Authenticate(context, form);
        if (verdict is not ClientVerdict.Known { Client.ClientId: var clientId })
        {
            await verdict.RefuseAsync(context).ConfigureAwait(false);
            return;
        }

        if (form["token"] is not { } token)
        {
            await context.RefuseAsync(Problems.MissingToken).ConfigureAwait(false);
            return;
        }

        await RevokeAsync(context, clientId, token).ConfigureAwait(false);
    }

    private Task RevokeAsync(HttpContext context, string clientId, string token)
    {
        if (ApiToken.TryParse(token, out var apiToken))
        {
            return RevokeAsync(context, clientId, apiToken);
        }

        return authority.TryFindSession(new RefreshToken(token), out var session)
            ? RevokeAsync(context, clientId, session)
            : RevokeAccessTokenAsync(context, clientId, token);
    }

    private async Task RevokeAsync(HttpContext context, string clientId, SessionId session)
    {
        var grant = await authority.FindGrantAsync(session, context.RequestAborted).ConfigureAwait(false);
        if (grant?.ClientId == clientId)
        {
            await EndAsync(context, clientId, new RevocationTarget.Session(session), grant.Subject, session).ConfigureAwait(false);
        }
    }

    private async Task RevokeAccessTokenAsync(HttpContext context, string clientId, string token)
    {
        switch (await gate.JudgeAsync(token, RevocationDemand.OfIssuer, context.RequestAborted).ConfigureAwait(false))
        {
            case TokenVerdict.Accepted { Token: var accepted } when accepted.ClientId() == clientId:
                var (subject, identity) = (accepted.Subject, accepted.Identity);
                await EndAsync(context, clientId, new RevocationTarget.Token(identity.TokenId), subject, identity.Session).ConfigureAwait(false);
                break;
            case TokenVerdict.Unavailable:
                throw new TokenStoreUnavailableException("Whether the token is alive can't be told now.");
            default:
                break;
        }
    }

    /// <summary>API tokens belong to a user and to no client: whoever holds one may end it.</summary>
    private async Task RevokeAsync(HttpContext context, string clientId, ApiToken token)
    {
        if (await authority.InspectApiTokenAsync(token, context.RequestAborted).ConfigureAwait(false) is { User.Subject: var owner })
        {
            await EndAsync(context, clientId, new RevocationTarget.ApiToken(token.Id), owner, session: null).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(HttpContext context, string clientId, RevocationTarget target, Subject user, SessionId? session)
    {
        await audit.WriteAsync(context, AuditEventType.Revoked, user, session, $"{nameof(RevocationReason.ClientRevoked)} by {clientId}").ConfigureAwait(false);
        await authority.RevokeAsync(target, RevocationReason.ClientRevoked, context.RequestAborted).ConfigureAwait(false);
    }
}
