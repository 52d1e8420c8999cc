using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using TokenIssuer.AccessTokens;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary>
/// An administrator who proved it a moment ago: the role alone is what a stolen token has as well (RFC 9470).
/// </summary>
internal sealed class AdministratorRequirement(TimeProvider clock) : AuthorizationHandler<AdministratorRequirement>, IAuthorizationRequirement
{
    public const string Role = "admin";
    private static readonly TimeSpan s_freshness = TimeSpan.FromMinutes(15);

    public static AuthorizationPolicy Policy(TimeProvider clock) => new AuthorizationPolicyBuilder(JwtBearerDefaults.AuthenticationScheme)
        .RequireAuthenticatedUser()
        .AddRequirements(new AdministratorRequirement(clock))
        .Build();

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AdministratorRequirement requirement)
    {
        if (context.User.HasClaim(IsRole) && IsFresh(context.User))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    /// <summary>In any case, like the caps on sessions: a directory may spell the role its own way, and it is one role.</summary>
    private static bool IsRole(Claim claim)
        => claim.Type == AccessTokenMinter.RolesClaim && string.Equals(claim.Value, Role, StringComparison.OrdinalIgnoreCase);

    /// <summary>A sign-in that is still to come is as good as an old one: a clock is wrong.</summary>
    private bool IsFresh(ClaimsPrincipal user)
        => long.TryParse(user.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - seconds) < s_freshness.TotalSeconds;
}
