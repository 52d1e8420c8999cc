using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using TokenIssuer.Families;

namespace TokenIssuer.Validation.Bearer;

/// <summary>Demands scopes of the token (RFC 9068 §4).</summary>
internal sealed class ScopeRequirement(Scope demanded) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    /// <summary>What the endpoint's policies demand, for the challenge; null when no scope is missing.</summary>
    public static string? DemandedBy(Endpoint? endpoint)
    {
        var names = endpoint?.Metadata.GetOrderedMetadata<AuthorizationPolicy>()
            .SelectMany(policy => policy.Requirements)
            .OfType<ScopeRequirement>()
            .Select(requirement => requirement.ToString())
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return names is { Count: > 0 } ? string.Join(' ', names) : null;
    }

    public override string ToString() => demanded.ToString();

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        foreach (var claim in context.User.FindAll("scope"))
        {
            if (Scope.TryParse(claim.Value, out var granted) && granted.Covers(demanded))
            {
                context.Succeed(requirement);
                break;
            }
        }

        return Task.CompletedTask;
    }
}
