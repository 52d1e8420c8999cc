using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;

namespace TokenIssuer.Audit;

/// <summary>What a host without an audit log gets: every event in the application log.</summary>
internal sealed class LoggedAuditTrail(ILogger<LoggedAuditTrail> logger) : IAuditTrail
{
    public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        logger.Audited(auditEvent.Type, auditEvent.User, auditEvent.Session, auditEvent.Actor, auditEvent.Address, auditEvent.Reason);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditRecord>> ReadAsync(long? before, Subject? user, int limit, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<AuditRecord>>([]);
}
