using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;

namespace TokenIssuer.Validation;

/// <summary>Unhealthy while the replica of the revocation log is missing or older than <see cref="TokenIssuerValidationOptions.MaxStaleness"/>: then tokens are answered with 503. Add it with <c>AddCheck&lt;RevocationFeedHealthCheck&gt;("revocations")</c>.</summary>
public sealed class RevocationFeedHealthCheck : IHealthCheck
{
    private readonly RevocationFeedState _state;
    private readonly Denylist _denylist;
    private readonly TimeSpan _bound;

    /// <summary>Made by the container.</summary>
    /// <param name="services">The services of the host.</param>
    public RevocationFeedHealthCheck(IServiceProvider services)
    {
        _state = services.GetRequiredService<RevocationFeedState>();
        _denylist = services.GetRequiredService<Denylist>();
        _bound = services.GetRequiredService<IOptions<TokenIssuerValidationOptions>>().Value.MaxStaleness;
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
        };
        if (!_denylist.IsLoaded)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The revocation log was not read yet.", data: state));
        }

        return Task.FromResult(_denylist.Age > _bound
            ? HealthCheckResult.Unhealthy("The replica of the revocation log is too old.", data: state)
            : HealthCheckResult.Healthy("The replica of the revocation log is fresh.", state));
    }
}
