using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Signing;

/// <summary>Loads the keys before the first request, and re-reads the folder, which other issuers may share, every few seconds.</summary>
internal sealed class KeyMaintenance(
    KeyRing signing,
    RefreshKeyRing refresh,
    KeyDirectory folder,
    Denylist denylist,
    SealKeyAgreement agreement,
    TimeProvider clock,
    ILogger<KeyMaintenance> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            signing.Load();
            refresh.Load();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"TokenIssuer:KeysDirectory ({folder.FullPath}) can't be used: {failure.Message}", failure);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_interval, clock, stoppingToken).ConfigureAwait(false);
                signing.TakeOut(denylist.ListsKey);
                signing.Load();
                refresh.Load();
                await AgreeAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The boundary of a background loop: the keys already loaded go on working.
                logger.KeysUnreadable(failure);
            }
        }
    }

    /// <summary>The key that seals may be another one now, and the store another one too.</summary>
    private async Task AgreeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await agreement.ReachAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException failure)
        {
            logger.SealKeysDiffer(failure.Message);
        }
        catch (TokenStoreUnavailableException)
        {
            // In five seconds again.
        }
    }
}
