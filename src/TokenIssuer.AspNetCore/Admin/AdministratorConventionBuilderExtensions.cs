using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.AspNetCore.Admin;
using TokenIssuer.Validation;

#pragma warning disable IDE0130 // Conventions live where hosts look for them: beside RequireAuthorization.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects a host's own administrative endpoints like those of the issuer.</summary>
public static class AdministratorConventionBuilderExtensions
{
    /// <summary>
    /// Demands a bearer token with role <c>admin</c> whose user signed in within the last 15 minutes, and checks revocations
    /// strictly. Everybody else gets 403 <c>insufficient_user_authentication</c> (RFC 9470).
    /// </summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="services">The services of the host.</param>
    /// <returns>The same endpoints.</returns>
    public static TBuilder RequireAdministrator<TBuilder>(this TBuilder builder, IServiceProvider services)
        where TBuilder : IEndpointConventionBuilder
        => builder
            .RequireAuthorization(AdministratorRequirement.Policy(services.GetRequiredService<TimeProvider>()))
            .WithMetadata(new StrictRevocationAttribute());
}
