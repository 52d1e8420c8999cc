using TokenIssuer.Families;

namespace TokenIssuer.Audit;

/// <summary>
/// The host's audit trail, whose trouble is told apart. What it throws nobody here can know (a database wraps its failures);
/// whatever it is, the event is not durable, so nothing that depends on it may be answered: 503, and the request can be repeated.
/// </summary>
internal sealed class AuditLog(IAuditTrail host)
{
    public async Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        try
        {
            await host.WriteAsync(auditEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new TokenStoreUnavailableException("The audit log could not take an event.", failure);
        }
    }

    public async Task<IReadOnlyList<AuditRecord>> ReadAsync(long? before, Subject? user, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await host.ReadAsync(before, user, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new TokenStoreUnavailableException("The audit log could not be read.", failure);
        }
    }

    private static bool IsTrouble(Exception failure, CancellationToken cancellationToken)
        => failure is not TokenStoreUnavailableException && !cancellationToken.IsCancellationRequested;
}
