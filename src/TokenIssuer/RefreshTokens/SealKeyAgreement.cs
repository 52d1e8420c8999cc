using Microsoft.Extensions.Hosting;
using TokenIssuer.Families;

namespace TokenIssuer.RefreshTokens;

/// <summary>
/// Sees to it that all issuers of one store share their refresh keys: one that can't open what the others seal would sign
/// out everybody it meets. A mismatch stops the start; of a store that is silent then, nothing is read until it has agreed.
/// </summary>
internal sealed class SealKeyAgreement(ITokenFamilyStore store, RefreshKeyRing keys) : IHostedLifecycleService
{
    /// <exception cref="InvalidOperationException">The store's tokens are sealed with a key that is not in the folder.</exception>
    /// <exception cref="TokenStoreUnavailableException">The store did not answer.</exception>
    public Task ReachAsync(CancellationToken cancellationToken) => store.AgreeOnSealKeyAsync(keys.Held, cancellationToken);

    /// <summary>Once everything has started, in whatever order: the keys are loaded and the store is open.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReachAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException)
        {
            // Whoever follows the log asks again before reading it.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
