using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>GET /auth/sessions</c> and <c>DELETE /auth/sessions/{id}</c>: a user's living sessions.</summary>
internal sealed class SessionsEndpoint(TokenAuthority authority, RequestAudit audit)
{
    public const string IdParameter = "id";

    public async Task ListAsync(HttpContext context)
    {
        var token = context.BearerToken();
        var sessions = await authority.ListSessionsAsync(token.Subject, context.RequestAborted).ConfigureAwait(false);
        var body = new SessionsBody([.. sessions.Select(session => SessionBody.Of(session, token.Identity.Session))]);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.SessionsBody).ConfigureAwait(false);
    }

    /// <summary>Another user's session is answered like one that does not exist.</summary>
    public async Task EndAsync(HttpContext context)
    {
        var user = context.BearerToken().Subject;
        if (!SessionId.TryParse(context.GetRouteValue(IdParameter) as string, out var session)
            || await authority.FindOwnerAsync(session, context.RequestAborted).ConfigureAwait(false) != user)
        {
            await context.RefuseAsync(Problems.NotFound).ConfigureAwait(false);
            return;
        }

        // The event first: a repetition writes it twice, where the other order would find the session dead and never write it.
        await audit.WriteAsync(context, AuditEventType.Revoked, user, session, nameof(RevocationReason.EndedByUser)).ConfigureAwait(false);
        await authority.RevokeAsync(new RevocationTarget.Session(session), RevocationReason.EndedByUser, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

/// <summary>The sessions of one user, newest first.</summary>
internal sealed record SessionsBody(IReadOnlyList<SessionBody> Sessions);

/// <summary>One session: when it ends whatever happens, and when it ends unless refreshed before.</summary>
internal sealed record SessionBody(
    string Id,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset IdleExpiresAt,
    string? Device,
    string? UserAgent,
    string? Ip,
    string ClientId,
    bool Current)
{
    public static SessionBody Of(Session session, SessionId current) => new(
        session.Id.ToString(),
        session.CreatedAt,
        session.LastUsedAt,
        session.AbsoluteEnd,
        session.IdleEnd,
        session.Origin.Device,
        session.Origin.UserAgent,
        session.Origin.Address,
        session.ClientId,
        session.Id == current);
}
