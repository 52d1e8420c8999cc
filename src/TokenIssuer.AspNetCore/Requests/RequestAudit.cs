using Microsoft.AspNetCore.Http;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Writes what a request does to the audit log, before it is answered: also when its caller has left by then.</summary>
internal sealed class RequestAudit(AuditLog audit)
{
    /// <summary>For what can still be refused: without its event it is not acknowledged, and the request can be repeated.</summary>
    public Task WriteAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason = null, Subject? actor = null)
        => audit.WriteAsync(EventOf(context, type, user, session, reason, actor), CancellationToken.None);

    /// <summary>For what can't be taken back: the answer is as ever, and an event that the audit log does not take stands in the log.</summary>
    public Task WriteOrLogAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason = null, Subject? actor = null)
        => audit.WriteOrLogAsync(EventOf(context, type, user, session, reason, actor));

    public static AuditEvent EventOf(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason, Subject? actor) => new(
        type, user, session,
        actor,
        context.Connection.RemoteIpAddress?.ToString(),
        UserAgentName.Of(context.Request.Headers.UserAgent),
        reason);
}
