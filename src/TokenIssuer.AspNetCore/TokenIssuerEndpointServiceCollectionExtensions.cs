using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;
using TokenIssuer.AspNetCore.Admin;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.AspNetCore.Feed;
using TokenIssuer.AspNetCore.OAuth;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Validation;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside IServiceCollection.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the HTTP side of the issuer.</summary>
public static class TokenIssuerEndpointServiceCollectionExtensions
{
    /// <summary>
    /// Registers what <c>UseTokenIssuer</c> and <c>MapTokenIssuer</c> need. Add the issuer itself, a store and a user directory beside it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Settings; bind section <c>TokenIssuer</c> here.</param>
    public static IServiceCollection AddTokenIssuerEndpoints(this IServiceCollection services, Action<TokenIssuerEndpointOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<TokenIssuerEndpointOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TokenIssuerEndpointOptions>, TokenIssuerEndpointOptionsValidator>());
        services.AddCors();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<CorsOptions>, CorsPolicies>());
        services.AddAuthentication().AddLocalTokenIssuerBearer();
        services.AddAuthorizationBuilder().AddPolicy(UserPolicy.Name, UserPolicy.Configure);

        services.TryAddSingleton<SecurityHeaders>();
        services.TryAddSingleton<OriginCheck>();
        services.TryAddSingleton<RefreshCookie>();
        services.TryAddSingleton<TokenDelivery>();
        services.TryAddSingleton<PresentedTokens>();
        services.TryAddSingleton<RefreshGrant>();

        services.TryAddSingleton<RequestAudit>();
        services.TryAddSingleton<ClientDirectory>();
        services.TryAddSingleton<ClientAuthentication>();
        services.TryAddSingleton<LoginClients>();
        services.TryAddSingleton<FeedAccess>();
        services.TryAddSingleton<RevocationStream>();
        services.TryAddSingleton<RevocationBroadcast>();
        services.AddHostedService(provider => provider.GetRequiredService<RevocationBroadcast>());

        services.TryAddSingleton<LoginEndpoint>();
        services.TryAddSingleton<RefreshEndpoint>();
        services.TryAddSingleton<LogoutEndpoint>();
        services.TryAddSingleton<PasswordEndpoint>();
        services.TryAddSingleton<SessionsEndpoint>();
        services.TryAddSingleton<MeEndpoint>();
        services.TryAddSingleton<TokenEndpoint>();
        services.TryAddSingleton<RevokeEndpoint>();
        services.TryAddSingleton<IntrospectEndpoint>();
        services.TryAddSingleton<RevocationsEndpoint>();
        services.TryAddSingleton<JwksEndpoint>();
        services.TryAddSingleton<MetadataEndpoint>();
        services.TryAddSingleton<ApiTokensEndpoint>();

        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AdministratorRefusal>();
        services.TryAddSingleton<AdminAudit>();
        services.TryAddSingleton<RevocationsAdminEndpoint>();
        services.TryAddSingleton<UserSessionsAdminEndpoint>();
        services.TryAddSingleton<KeysAdminEndpoint>();
        services.TryAddSingleton<AuditAdminEndpoint>();
        services.TryAddSingleton<OverviewAdminEndpoint>();

        // By factories, which are not asked before they are needed: a host may come without IUserAdministration or ISecondFactors.
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<UsersAdminEndpoint>(provider));
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<TotpAdminEndpoint>(provider));
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<TotpEndpoint>(provider));
        return services;
    }
}
