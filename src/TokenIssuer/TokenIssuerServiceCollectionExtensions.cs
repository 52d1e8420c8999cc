using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer;
using TokenIssuer.AccessTokens;
using TokenIssuer.Audit;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;
using TokenIssuer.Users;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside IServiceCollection.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the issuer.</summary>
public static class TokenIssuerServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="TokenAuthority"/> and what it stands on. Add a store (<c>AddSqliteTokenStore</c> or
    /// <c>AddRedisTokenStore</c>) and an <see cref="ICredentialVerifier"/> beside it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Settings; bind section <c>TokenIssuer</c> here.</param>
    public static IServiceCollection AddTokenIssuer(this IServiceCollection services, Action<TokenIssuerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<TokenIssuerOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TokenIssuerOptions>, TokenIssuerOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);

        services.TryAddSingleton(provider => new KeyDirectory(
            provider.GetRequiredService<IOptions<TokenIssuerOptions>>().Value.KeysDirectory, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<RefreshKeyRing>();
        services.TryAddSingleton<RefreshTokenSeal>();
        services.TryAddSingleton<AccessTokenMinter>();
        services.TryAddSingleton<Denylist>();
        services.TryAddSingleton<UserDirectory>();
        services.TryAddSingleton<UserClaimsCache>();
        services.TryAddSingleton(provider => new IssuerActivity(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<TokenIssuerOptions>>().Value.AccessTokenLifetime));
        services.TryAddSingleton<TokenIssuerMetrics>();
        services.TryAddSingleton<LossHealing>();
        services.TryAddSingleton<IAuditTrail, LoggedAuditTrail>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton(CreateAuthority);
        services.TryAddSingleton<SealKeyAgreement>();
        services.AddHostedService<KeyMaintenance>();
        services.AddHostedService(provider => provider.GetRequiredService<SealKeyAgreement>());
        services.AddHostedService(provider => new RevocationFollower(
            provider.GetRequiredService<IRevocationFeed>(),
            provider.GetRequiredService<Denylist>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RevocationFollower>>(),
            provider.GetRequiredService<LossHealing>(),
            provider.GetRequiredService<SealKeyAgreement>()));
        return services;
    }

    private static TokenAuthority CreateAuthority(IServiceProvider provider) => new(
        provider.GetRequiredService<ITokenFamilyStore>(),
        provider.GetRequiredService<Denylist>(),
        provider.GetRequiredService<LossHealing>(),
        provider.GetRequiredService<RefreshTokenSeal>(),
        provider.GetRequiredService<AccessTokenMinter>(),
        provider.GetRequiredService<UserDirectory>(),
        provider.GetRequiredService<UserClaimsCache>(),
        provider.GetRequiredService<IOptions<TokenIssuerOptions>>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<TokenIssuerMetrics>(),
        provider.GetRequiredService<ILogger<TokenAuthority>>());
}
