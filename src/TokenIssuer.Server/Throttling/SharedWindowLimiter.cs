using System.Threading.RateLimiting;
using TokenIssuer.Redis.Throttling;

namespace TokenIssuer.Server.Throttling;

/// <summary>The window of one address, counted in Redis for all issuers. It keeps nothing of its own.</summary>
internal sealed class SharedWindowLimiter(SharedAttempts attempts, string address, LoginLimit limit) : RateLimiter
{
    private static readonly Lease s_permitted = new(null);
    private static readonly Lease s_unasked = new(TimeSpan.Zero);

    /// <summary>It may be dropped at any time.</summary>
    public override TimeSpan? IdleDuration => TimeSpan.MaxValue;

    public override RateLimiterStatistics? GetStatistics() => null;

    /// <summary>Redis is only asked where one can wait: the middleware goes on to <see cref="AcquireAsyncCore"/>.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => s_unasked;

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
        => await attempts.TryTakeAsync(address, limit.PermitLimit, limit.Window, cancellationToken).ConfigureAwait(false) is { } wait
            ? new Lease(wait)
            : s_permitted;

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => wait is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
