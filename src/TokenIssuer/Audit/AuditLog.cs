using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;

namespace TokenIssuer.Audit;

/// <summary>
/// The host's audit trail, whose trouble is told apart. What it throws nobody here can know (a database wraps its failures);
/// whatever it is, the event is not durable, so nothing that depends on it may be answered: 503, and the request can be repeated.
/// </summary>
internal sealed class AuditLog(IAuditTrail host, ILogger<AuditLog> logger)
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

    /// <summary>
    /// For what has happened and can't be taken back: a repetition would find nothing left to do and write no event, so one that
    /// the trail does not take stands in the log.
    /// </summary>
    /// <returns>False when it stands in the log alone.</returns>
    public async Task<bool> WriteOrLogAsync(AuditEvent happened)
    {
        try
        {
            await WriteAsync(happened, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TokenStoreUnavailableException failure)
        {
            logger.AuditEventKeptHere(
                happened.Type, happened.User, happened.Session, happened.Actor, happened.Address, happened.UserAgent, happened.Reason, failure);
            return false;
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
