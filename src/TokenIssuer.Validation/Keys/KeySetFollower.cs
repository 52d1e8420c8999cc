using Microsoft.Extensions.Hosting;

namespace TokenIssuer.Validation.Keys;

/// <summary>Reads the issuer's keys until they are there, then every few minutes: the next key stands announced long before it signs.</summary>
internal sealed class KeySetFollower(RemoteIssuerKeys keys, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_untilThere = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await keys.RefreshAsync().ConfigureAwait(false);
            await Task.Delay(keys.Current is null ? s_untilThere : s_interval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
