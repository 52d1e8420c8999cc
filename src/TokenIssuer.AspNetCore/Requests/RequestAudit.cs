using Microsoft.AspNetCore.Http;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Writes what a request did to the audit log, before it is answered: also when its caller has left by then.</summary>
internal sealed class RequestAudit(IAuditTrail trail)
{
    public Task WriteAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason = null, Subject? actor = null)
        => trail.WriteAsync(
            new AuditEvent(
                type, user, session,
                actor,
                context.Connection.RemoteIpAddress?.ToString(),
                UserAgentName.Of(context.Request.Headers.UserAgent),
                reason),
            CancellationToken.None);
}
