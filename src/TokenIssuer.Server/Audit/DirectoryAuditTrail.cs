using Microsoft.EntityFrameworkCore;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Server.Users;

namespace TokenIssuer.Server.Audit;

/// <summary>The audit log, in the database of the users. Nothing in it is changed or deleted by the issuer.</summary>
internal sealed class DirectoryAuditTrail(IServiceScopeFactory scopes, TimeProvider clock) : IAuditTrail
{
    public async Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        directory.AuditEvents.Add(new AuditRow
        {
            At = clock.GetUtcNow(),
            Type = auditEvent.Type.ToString(),
            User = AsciiNames.WithoutNul(auditEvent.User?.Value),
            Session = auditEvent.Session?.ToString(),
            Actor = auditEvent.Actor?.Value,
            Address = auditEvent.Address,
            UserAgent = AsciiNames.WithoutNul(auditEvent.UserAgent),
            Reason = AsciiNames.WithoutNul(auditEvent.Reason),
        });
        await directory.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<AuditRecord>> ReadAsync(long? before, Subject? user, int limit, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = scope.ServiceProvider.GetRequiredService<DirectoryContext>().AuditEvents.AsNoTracking();
        if (before is { } end)
        {
            rows = rows.Where(row => row.Id < end);
        }

        if (AsciiNames.WithoutNul(user?.Value) is { } id)
        {
            rows = rows.Where(row => row.User == id);
        }

        var page = await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. page.Select(Read)];
    }

    private static AuditRecord Read(AuditRow row) => new(
        row.Id,
        row.At,
        new AuditEvent(
            Enum.Parse<AuditEventType>(row.Type),
            row.User is null ? null : new Subject(row.User),
            SessionId.TryParse(row.Session, out var session) ? session : null,
            row.Actor is null ? null : new Subject(row.Actor),
            row.Address,
            row.UserAgent,
            row.Reason));
}
