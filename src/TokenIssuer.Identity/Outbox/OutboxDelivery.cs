using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenIssuer.Identity.Outbox;

/// <summary>
/// Empties the outbox before the host answers its first request. Later it looks each second while there are changes that
/// were committed where nothing could wait, or that the store could not take; and twice a minute for what another process
/// left when it died.
/// </summary>
internal sealed class OutboxDelivery<TContext>(
    RevocationOutbox<TContext> outbox, IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(30);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await DemandTableAsync().ConfigureAwait(false);
        await outbox.TryDrainAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lookedAt = clock.GetTimestamp();
        var pause = s_pause;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (pause == s_pause && !outbox.IsExpected && clock.GetElapsedTime(lookedAt) < s_betweenLooks)
            {
                continue;
            }

            lookedAt = clock.GetTimestamp();
            var isDrained = await outbox.TryDrainAsync(stoppingToken).ConfigureAwait(false);
            pause = isDrained ? s_pause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, s_betweenLooks.Ticks));
        }
    }

    private async Task DemandTableAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        if (scope.ServiceProvider.GetRequiredService<TContext>().Model.FindEntityType(typeof(OutboxRow)) is null)
        {
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} has no table for revocations: call builder.AddRevocationOutbox() in its OnModelCreating, and add a migration.");
        }
    }
}
