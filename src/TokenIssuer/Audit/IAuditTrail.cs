using TokenIssuer.Families;

namespace TokenIssuer.Audit;

/// <summary>The audit log. Hosts supply it; without one, events go to the application log only and can't be listed.</summary>
public interface IAuditTrail
{
    /// <summary>Writes an event. When it returns, the event is durable: endpoints answer only then.</summary>
    /// <param name="auditEvent">What happened.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken);

    /// <summary>Reads events, newest first.</summary>
    /// <param name="before">Only events with a smaller id; null starts at the newest.</param>
    /// <param name="user">Only events that concern this user; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<AuditRecord>> ReadAsync(long? before, Subject? user, int limit, CancellationToken cancellationToken);
}
