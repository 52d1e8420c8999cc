using Microsoft.AspNetCore.Identity;

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

    /// <summary>Runs a change of one user, whose session goes on in a new one: one that starts before the revocation would end with it.</summary>
    /// <returns>What Identity says, and whether the tokens have followed; what has not is tried again in the background.</returns>
    public async Task<(IdentityResult Result, bool IsSettled)> FollowAsync(string userId, Func<Task<IdentityResult>> change)
    {
        try
        {
            return (await change().ConfigureAwait(false), true);
        }
        catch (TokenStoreUnavailableException)
        {
            // Thrown by the outbox, after the commit: the change is made.
            return (IdentityResult.Success, await TryDrainAsync(userId).ConfigureAwait(false));
        }
    }

    private async Task<bool> TryDrainAsync(string userId)
    {
        try
        {
            await DrainAsync([userId], CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }
}
