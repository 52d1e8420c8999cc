using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;

namespace TokenIssuer.Validation;

/// <summary>
/// Tells whether the replica of the revocation log is missing or older than <see cref="TokenIssuerValidationOptions.MaxStaleness"/>:
/// unhealthy while tokens are answered with 503 for that, degraded while <see cref="TokenIssuerValidationOptions.Staleness"/> has them
/// accepted all the same. Add it with <c>AddCheck&lt;RevocationFeedHealthCheck&gt;("revocations")</c>.
/// </summary>
public sealed class RevocationFeedHealthCheck : IHealthCheck
{
    private readonly RevocationFeedState _state;
    private readonly Denylist _denylist;
    private readonly StalenessPolicy _policy;

    /// <summary>Made by the container.</summary>
    /// <param name="services">The services of the host.</param>
    public RevocationFeedHealthCheck(IServiceProvider services)
    {
        _state = services.GetRequiredService<RevocationFeedState>();
        _denylist = services.GetRequiredService<Denylist>();
        _policy = services.GetRequiredService<IOptions<TokenIssuerValidationOptions>>().Value.Staleness;
    }

    /// <summary>Looks at the replica; no network.</summary>
    /// <param name="context">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = new Dictionary<string, object>
        {
            ["source"] = _state.Source,
            ["age_ms"] = (long)_state.Age.TotalMilliseconds,
            ["entries"] = _state.Entries,
            ["stale"] = _state.IsStale,
        };
        if (!_state.IsStale)
        {
            return Task.FromResult(HealthCheckResult.Healthy("The replica of the revocation log is fresh.", state));
        }

        var status = _policy.Accepts(_denylist) ? HealthStatus.Degraded : HealthStatus.Unhealthy;
        return Task.FromResult(new HealthCheckResult(
            status, _denylist.IsLoaded ? "The replica of the revocation log is too old." : "The revocation log was not read yet.", data: state));
    }
}
