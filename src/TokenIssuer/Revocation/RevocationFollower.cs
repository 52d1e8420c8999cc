using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Revocation;

/// <summary>Keeps the denylist in step with the log for as long as the process runs, and has losses healed.</summary>
internal sealed class RevocationFollower(
    IRevocationFeed feed,
    Denylist denylist,
    TimeProvider clock,
    ILogger<RevocationFollower> logger,
    LossHealing? healing = null,
    SealKeyAgreement? keys = null) : BackgroundService
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    private readonly LastingTrouble _interruption = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = s_firstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (keys is not null)
                {
                    await keys.ReachAsync(stoppingToken).ConfigureAwait(false);
                }

                await foreach (var page in feed.FollowAsync(denylist.Cursor, stoppingToken).ConfigureAwait(false))
                {
                    if (healing is null)
                    {
                        denylist.Merge(page);
                    }
                    else
                    {
                        await healing.MergeAsync(page, stoppingToken).ConfigureAwait(false);
                    }

                    pause = s_firstPause;
                    _interruption.End();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The boundary of a background loop: whatever broke, the replica ages and the loop tries again.
                if (_interruption.ShouldTell(clock, failure, out var inFull))
                {
                    logger.FeedInterrupted(feed.Source, denylist.Age, failure.Message, inFull);
                }
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }
}
