using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Writes what a request does to the audit log, before it is answered: also when its caller has left by then.</summary>
internal sealed class RequestAudit(AuditLog audit, ILogger<RequestAudit> logger)
{
    /// <summary>For what can still be refused: without its event it is not acknowledged, and the request can be repeated.</summary>
    public Task WriteAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason = null, Subject? actor = null)
        => audit.WriteAsync(EventOf(context, type, user, session, reason, actor), CancellationToken.None);

    /// <summary>
    /// For what has happened and can't be taken back: a repetition would find nothing left to do and write no event, so one that
    /// the audit log does not take stands in the log, and the answer is as ever.
    /// </summary>
    public async Task WriteOrLogAsync(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason = null, Subject? actor = null)
    {
        var happened = EventOf(context, type, user, session, reason, actor);
        try
        {
            await audit.WriteAsync(happened, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException failure)
        {
            logger.AuditEventKeptHere(type, user, session, actor, happened.Address, happened.UserAgent, reason, failure);
        }
    }

    private static AuditEvent EventOf(HttpContext context, AuditEventType type, Subject? user, SessionId? session, string? reason, Subject? actor) => new(
        type, user, session,
        actor,
        context.Connection.RemoteIpAddress?.ToString(),
        UserAgentName.Of(context.Request.Headers.UserAgent),
        reason);
}
