using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary>Writes what an administrator did: the actor is never the one it was done to.</summary>
internal sealed class AdminAudit(AuditLog audit)
{
    public const int MaxReason = 256;

    public Task WriteAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason)
        => audit.WriteAsync(
            new AuditEvent(
                type, user, session,
                Actor: context.BearerToken().Subject,
                context.Connection.RemoteIpAddress?.ToString(),
                UserAgentName.Of(context.Request.Headers.UserAgent),
                reason),
            CancellationToken.None);
}
