using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary>Writes what an administrator did: the actor is never the one it was done to.</summary>
internal sealed class AdminAudit(AuditLog audit)
{
    public const int MaxReason = 256;

    /// <summary>Of what has been done: an event that the audit log does not take stands in the log, and the administrator is told by 503.</summary>
    /// <exception cref="TokenStoreUnavailableException">The audit log did not take it.</exception>
    public async Task WriteAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason)
    {
        var happened = RequestAudit.EventOf(context, type, user, session, reason, actor: context.BearerToken().Subject);
        if (!await audit.WriteOrLogAsync(happened).ConfigureAwait(false))
        {
            throw new TokenStoreUnavailableException("The audit log did not take what an administrator did; it is done, and stands in the log.");
        }
    }
}
