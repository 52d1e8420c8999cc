using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary>Tells a bearer that lacks the role or a fresh sign-in so in one answer, and leaves every other refusal as it is.</summary>
internal sealed class AdministratorRefusal : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var isOurs = authorizeResult.Forbidden
            && authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<AdministratorRequirement>().Any() == true;
        return isOurs ? context.RefuseAsync(Problems.InsufficientAuthentication) : _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
