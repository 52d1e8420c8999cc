namespace TokenIssuer.Identity.Outbox;

/// <summary>What the outbox holds, for those who need not know in which database it lies.</summary>
internal abstract class PendingRevocations
{
    /// <summary>
    /// When it returns, whatever was committed about a user before the call is revoked: to be asked before a session is started,
    /// which a revocation that comes late would end.
    /// </summary>
    public abstract Task DrainAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Tries everything that is there.</summary>
    /// <returns>False when something is left, which is tried again in the background.</returns>
    public abstract Task<bool> TryDrainAsync(CancellationToken cancellationToken);
}
