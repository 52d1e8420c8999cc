using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation;

/// <summary>Registers validation for the issuer's own endpoints.</summary>
internal static class LocalTokenIssuerBearerExtensions
{
    /// <summary>An issuer sees a token once or twice, when its user looks at sessions.</summary>
    private const int CachedTokens = 1024;

    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(10);

    /// <summary>The keys of this process, its replica, and always strict: a kill acknowledged by any issuer holds at every issuer.</summary>
    public static AuthenticationBuilder AddLocalTokenIssuerBearer(this AuthenticationBuilder builder)
    {
        builder.Services.TryAddSingleton<IssuerKeys, LocalIssuerKeys>();
        builder.Services.TryAddSingleton(provider => new TokenRules(
            provider.GetRequiredService<IOptions<TokenIssuerOptions>>().Value.Audience, s_clockSkew, MaxStaleness: null, CachedTokens));
        return builder.AddGate();
    }
}
