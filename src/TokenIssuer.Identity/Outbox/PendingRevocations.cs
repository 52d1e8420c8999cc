namespace TokenIssuer.Identity.Outbox;

/// <summary>What the outbox holds, for those who need not know in which database it lies.</summary>
internal abstract class PendingRevocations
{
    /// <summary>
    /// When it returns, whatever was committed about these users before the call is revoked: to be asked before a session is
    /// started, which a revocation that comes late would end. What others wait for is not waited for.
    /// </summary>
    /// <exception cref="TokenStoreUnavailableException">Something is left, which is tried again in the background.</exception>
    public abstract Task DrainAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken);

    /// <returns>False when something is left, which is tried again in the background.</returns>
    public async Task<bool> TryDrainAsync(IReadOnlyCollection<string> userIds)
    {
        try
        {
            await DrainAsync(userIds, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }
}
