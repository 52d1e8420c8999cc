using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;
using TokenIssuer.Redis.Throttling;
using TokenIssuer.Server.Configuration;
using TokenIssuer.Server.Diagnostics;

namespace TokenIssuer.Server.Throttling;

/// <summary>
/// Bounds how often one address may try to sign in: over all issuers where Redis is shared, else in this process. The bound of
/// each account is the directory's.
/// </summary>
internal static class LoginThrottling
{
    private const int NetworkBytesOfIPv6 = 8;

    public static WebApplicationBuilder AddLoginThrottling(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitRules>();
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>>(
            new Durations<RateLimitOptions>(builder.Configuration.GetSection(RateLimitOptions.Section)));
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => PartitionOf(context, limits.Value));
            limiter.OnRejected = RefuseAsync;
        });
        return builder;
    }

    private static RateLimitPartition<string> PartitionOf(HttpContext context, RateLimitOptions limits)
        => limits.Enabled && context.GetEndpoint()?.Metadata.GetMetadata<LoginEndpointMetadata>() is not null
            ? WindowOf(AddressOf(context), limits.Login, context.RequestServices.GetService<SharedAttempts>())
            : RateLimitPartition.GetNoLimiter(string.Empty);

    private static RateLimitPartition<string> WindowOf(string address, LoginLimit limit, SharedAttempts? shared) => shared is null
        ? RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = limit.PermitLimit, Window = limit.Window })
        : RateLimitPartition.Get<string>(address, key => new SharedWindowLimiter(shared, key, limit));

    /// <summary>One customer has a whole /64 of IPv6: the network counts as one address.</summary>
    private static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytesOfIPv6))
            : address.ToString();
    }

    /// <summary>The body of the answer is the issuer's, as of every error.</summary>
    private static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        context.RequestServices.GetRequiredService<ILogger<RateLimitOptions>>().LoginsThrottled();
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return ValueTask.CompletedTask;
    }
}
