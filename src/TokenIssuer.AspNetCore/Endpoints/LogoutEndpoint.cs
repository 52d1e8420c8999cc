using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary>
/// <c>POST /auth/logout</c>, for whoever holds any token of a session, spent or expired. 204 means that nothing of what was
/// asked for is alive: when the revocation can't be stored the answer is 503 and the cookie stays. The wider scopes need proof of
/// the user: a living session, or an access token that is good for every other endpoint; with less only the session itself is ended.
/// </summary>
internal sealed class LogoutEndpoint(
    TokenAuthority authority,
    PresentedTokens tokens,
    RefreshCookie cookie,
    AccessTokenReader accessTokens,
    TokenGate gate,
    RequestAudit audit,
    ILogger<LogoutEndpoint> logger)
{
    private const string This = "this";
    private const string Others = "others";
    private const string All = "all";

    public async Task LogOutAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.LogoutBody).ConfigureAwait(false);
        var presented = reading.Refusal is { } malformed
            ? new PresentedToken.Refused(malformed)
            : tokens.Read(context, reading.Value?.RefreshToken);
        if (presented is PresentedToken.Refused { Problem: var problem })
        {
            await context.RefuseAsync(problem).ConfigureAwait(false);
            return;
        }

        var scope = reading.Value?.Scope ?? This;
        if (scope is not (This or Others or All))
        {
            await context.RefuseAsync(Problems.InvalidLogoutScope).ConfigureAwait(false);
            return;
        }

        SessionId? refreshed = presented is PresentedToken.One { Token: var token } && authority.TryFindSession(token, out var found) ? found : null;
        var bearer = await ReadBearerAsync(context).ConfigureAwait(false);
        if (refreshed is { } first && bearer is { } second && first != second)
        {
            logger.TokensOfDifferentSessions(context.EndpointName(), first, second);
            await context.RefuseAsync(Problems.DifferentSessions).ConfigureAwait(false);
            return;
        }

        var ended = (refreshed ?? bearer) is { } session ? await EndAsync(context, session, scope).ConfigureAwait(false) : This;
        Answer(context, presented, ended);
    }

    /// <summary>Expired is good enough for signing out.</summary>
    private async Task<SessionId?> ReadBearerAsync(HttpContext context)
        => BearerCredentials.TryRead(context.Request.Headers.Authorization, out var text) && text is not null
            && await accessTokens.ReadIgnoringLifetimeAsync(text, context.RequestAborted).ConfigureAwait(false) is { } token
            ? token.Identity.Session
            : null;

    /// <returns>The scope that was carried out.</returns>
    private async Task<string> EndAsync(HttpContext context, SessionId session, string scope)
    {
        Subject? owner;
        try
        {
            owner = await authority.FindOwnerAsync(session, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException) when (scope == This)
        {
            // What can't be read can be revoked all the same. A wider scope must wait: it needs the session as proof, and the repetition would find it dead.
            var receipt = await authority.RevokeAsync(new RevocationTarget.Session(session), RevocationReason.Logout, context.RequestAborted).ConfigureAwait(false);
            if (receipt.RevocationId is not null)
            {
                await audit.WriteOrLogAsync(context, AuditEventType.Logout, user: null, session, scope).ConfigureAwait(false);
            }

            return This;
        }

        if (owner is null && scope != This)
        {
            owner = await FindBearerAsync(context).ConfigureAwait(false);
        }

        RevocationTarget target = (scope, owner) switch
        {
            (Others, not null) => new RevocationTarget.OtherSessions(session),
            (All, { } user) => new RevocationTarget.AllSessions(user),
            _ => new RevocationTarget.Session(session),
        };
        if (owner is not null)
        {
            // The event first: a repetition writes it twice, where the other order would find the session dead and never write it.
            await audit.WriteAsync(context, AuditEventType.Logout, owner, session, scope).ConfigureAwait(false);
        }

        await authority.RevokeAsync(target, RevocationReason.Logout, context.RequestAborted).ConfigureAwait(false);
        return owner is null ? This : scope;
    }

    /// <summary>Whose access token this is, as long as it is accepted: it outlives a session that has idled by the tolerance for clocks.</summary>
    private async Task<Subject?> FindBearerAsync(HttpContext context)
    {
        if (!BearerCredentials.TryRead(context.Request.Headers.Authorization, out var text) || text is null)
        {
            return null;
        }

        return await gate.JudgeAsync(text, RevocationDemand.OfIssuer, context.RequestAborted).ConfigureAwait(false) switch
        {
            TokenVerdict.Accepted { Token.Subject: var user } when UserPolicy.IsMet(user) => user,
            TokenVerdict.Unavailable => throw new TokenStoreUnavailableException("Whether the token is alive can't be told now."),
            _ => null,
        };
    }

    private void Answer(HttpContext context, PresentedToken presented, string ended)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (ended == Others)
        {
            // The caller's own session lives on, and its cookie with it.
            return;
        }

        context.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        if (presented is PresentedToken.One { Transport: TokenTransport.Cookie })
        {
            cookie.Clear(context);
        }
    }
}

/// <summary>The body of a logout; may be left out.</summary>
internal sealed record LogoutBody(string? RefreshToken, string? Scope)
{
    /// <summary>A fixed mask, never the token.</summary>
    public override string ToString() => "(logout)";
}
