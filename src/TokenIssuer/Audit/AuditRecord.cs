namespace TokenIssuer.Audit;

/// <summary>An event as it stands in the audit log.</summary>
/// <param name="Id">Its number; later events have larger ones.</param>
/// <param name="At">When it was written, UTC.</param>
/// <param name="Event">What happened.</param>
public sealed record AuditRecord(long Id, DateTimeOffset At, AuditEvent Event);
