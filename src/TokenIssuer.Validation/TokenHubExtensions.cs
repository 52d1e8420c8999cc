using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TokenIssuer.Validation.Lifetimes;

namespace TokenIssuer.Validation;

/// <summary>Ends hub connections with their tokens.</summary>
public static class TokenHubExtensions
{
    /// <summary>
    /// Aborts the connections of all hubs when the access token they were opened with is revoked or expires. The client connects
    /// anew with a fresh token, or is refused.
    /// </summary>
    /// <param name="builder">SignalR.</param>
    public static ISignalRServerBuilder EndWithToken(this ISignalRServerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<TokenHubFilter>();
        builder.Services.Configure<HubOptions>(options => options.AddFilter<TokenHubFilter>());
        return builder;
    }
}
