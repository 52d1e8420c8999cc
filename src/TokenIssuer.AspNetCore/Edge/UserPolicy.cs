using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using TokenIssuer.Families;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>A bearer token of a user: what a client does in its own name has no sessions and no password.</summary>
internal static class UserPolicy
{
    public const string Name = "TokenIssuer user";

    public static void Configure(AuthorizationPolicyBuilder policy) => policy
        .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => AccessTokenIdentity.TokenOf(context.User) is { Subject: var user } && IsMet(user));

    public static bool IsMet(Subject subject) => !subject.Value.StartsWith(Subject.ClientPrefix, StringComparison.Ordinal);
}
