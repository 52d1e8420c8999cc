using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Server.Diagnostics;
using TokenIssuer.Server.Users;

namespace TokenIssuer.Server.Health;

/// <summary>Marks the probes, which platforms send in clear from the machine next door.</summary>
internal sealed class Probe;

/// <summary>Whether requests would be answered, by component. The reasons are for operators and hold no secret.</summary>
internal static class Readiness
{
    private const string Ready = "ready";
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);

    public static WebApplicationBuilder AddReadiness(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck<StoreCheck>("store", timeout: s_deadline)
            .AddCheck<KeysCheck>("keys", timeout: s_deadline)
            .AddCheck<FeedCheck>("feed", timeout: s_deadline)
            .AddCheck<DirectoryCheck>("directory", timeout: s_deadline);
        return builder;
    }

    public static WebApplication MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).WithMetadata(new Probe());
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).WithMetadata(new Probe());
        return app;
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        foreach (var (component, entry) in report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy))
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Readiness));
            logger.NotReady(component, entry.Description ?? "no reason given", entry.Exception);
        }

        var isReady = report.Status == HealthStatus.Healthy;
        return context.Response.WriteAsJsonAsync(new
        {
            status = isReady ? Ready : "not_ready",
            components = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy ? Ready : entry.Value.Description),
        });
    }

    private sealed class StoreCheck(ITokenFamilyStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await store.CheckAsync(cancellationToken).ConfigureAwait(false);
                return HealthCheckResult.Healthy();
            }
            catch (TokenStoreUnavailableException failure)
            {
                return HealthCheckResult.Unhealthy(failure.Message, failure);
            }
        }
    }

    private sealed class KeysCheck(AccessTokenMinter minter, RefreshKeyRing refresh) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                _ = (refresh.Current, minter.FindKey());
                return Task.FromResult(HealthCheckResult.Healthy());
            }
            catch (TokenStoreUnavailableException failure)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy(failure.Message));
            }
        }
    }

    private sealed class FeedCheck(Denylist denylist, LossHealing healing) : IHealthCheck
    {
        private static readonly TimeSpan s_stale = TimeSpan.FromSeconds(30);

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
            => Task.FromResult((denylist.IsLoaded, healing.IsHealing, denylist.Age > s_stale) switch
            {
                (false, _, _) => HealthCheckResult.Unhealthy("The revocation log has not been read yet."),
                (_, true, _) => HealthCheckResult.Unhealthy("The store has lost revocations, which are being given back to it."),
                (_, _, true) => HealthCheckResult.Unhealthy($"The revocation log was last read {denylist.Age.TotalSeconds:F0} s ago."),
                _ => HealthCheckResult.Healthy(),
            });
    }

    /// <summary>Reads a user, and takes the right to write as a login does: a file that is locked, damaged or of other tables answers neither.</summary>
    private sealed class DirectoryCheck(DirectoryContext directory) : IHealthCheck
    {
        private const string Nobody = "";

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await directory.Users.AsNoTracking().OrderBy(user => user.Id).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
                await directory.Users.Where(user => user.Id == Nobody)
                    .ExecuteUpdateAsync(nobody => nobody.SetProperty(user => user.AccessFailedCount, 0), cancellationToken).ConfigureAwait(false);
                return HealthCheckResult.Healthy();
            }
            catch (System.Data.Common.DbException failure)
            {
                return HealthCheckResult.Unhealthy("The user directory does not answer.", failure);
            }
        }
    }
}
