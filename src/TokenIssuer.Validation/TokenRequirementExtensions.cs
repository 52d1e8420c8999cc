using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using TokenIssuer.Families;
using TokenIssuer.Validation.Bearer;

namespace TokenIssuer.Validation;

/// <summary>What endpoints demand of a token.</summary>
public static class TokenRequirementExtensions
{
    /// <summary>Demands an accepted token with all of the named scopes; without them the answer is 403 <c>insufficient_scope</c> (RFC 6750 §3.1).</summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="scopes">Scope names, such as <c>notes:read</c>.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder
        => builder.RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireScope(scopes).Build());

    /// <summary>Demands all of the named scopes as part of a policy.</summary>
    /// <param name="policy">The policy being built.</param>
    /// <param name="scopes">Scope names, such as <c>notes:read</c>.</param>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(scopes);
        return policy.AddRequirements(new ScopeRequirement(Scope.Of(scopes)));
    }

    /// <summary>Marks endpoints as strict; see <see cref="StrictRevocationAttribute"/>.</summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoints.</param>
    public static TBuilder RequireStrictRevocation<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new StrictRevocationAttribute());

    /// <summary>Says what these endpoints do when the replica of the revocation log is too old, instead of <see cref="TokenIssuerValidationOptions.Staleness"/>.</summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="policy">What to do.</param>
    public static TBuilder WithStaleness<TBuilder>(this TBuilder builder, StalenessPolicy policy)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(policy);
}
