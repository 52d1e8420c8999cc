using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.AspNetCore;
using TokenIssuer.AspNetCore.Admin;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.AspNetCore.OAuth;
using TokenIssuer.Users;
using TokenIssuer.Validation;

#pragma warning disable IDE0130 // Mapping methods live where hosts look for them: beside IApplicationBuilder.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoints of the issuer.</summary>
public static class TokenIssuerEndpointRouteBuilderExtensions
{
    private static readonly IssuerEndpoint s_private = new(IssuerSurface.Private);
    private static readonly IssuerEndpoint s_oauth = new(IssuerSurface.OAuth);
    private static readonly IssuerEndpoint s_public = new(IssuerSurface.Public);

    /// <summary>
    /// Maps the wire contract: <c>/auth</c>, <c>/oauth</c>, <c>/admin</c> and the discovery documents. Map them at the root; to serve them under a
    /// path use <c>UsePathBase</c> and the same path in the issuer's address. Needs <c>UseTokenIssuer</c> in the pipeline.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <returns>All of them, for conventions of the host.</returns>
    public static IEndpointConventionBuilder MapTokenIssuer(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var all = endpoints.MapGroup(string.Empty);
        MapDiscovery(all.MapGroup(string.Empty));
        MapAuth(all.MapGroup(IssuerPaths.Auth), endpoints.ServiceProvider);
        MapOAuth(all.MapGroup(IssuerPaths.OAuth));
        MapAdmin(all.MapGroup(IssuerPaths.Admin).RequireAdministrator(endpoints.ServiceProvider), endpoints.ServiceProvider);
        return all;
    }

    private static void MapDiscovery(RouteGroupBuilder discovery)
    {
        discovery.RequireCors(CorsPolicies.Public).WithMetadata(s_public);
        discovery.MapGet(IssuerPaths.Jwks, context => Of<JwksEndpoint>(context).GetAsync(context));
        discovery.MapGet(IssuerPaths.OpenIdConfiguration, context => Of<MetadataEndpoint>(context).GetAsync(context));
        discovery.MapGet(IssuerPaths.AuthorizationServer, context => Of<MetadataEndpoint>(context).GetAsync(context));
    }

    private static void MapAuth(RouteGroupBuilder auth, IServiceProvider services)
    {
        auth.RequireCors(CorsPolicies.Private).WithMetadata(s_private);
        auth.MapPost("/login", context => Of<LoginEndpoint>(context).LogInAsync(context)).WithMetadata(s_oauth, new LoginEndpointMetadata());
        auth.MapPost("/refresh", context => Of<RefreshEndpoint>(context).RefreshAsync(context)).WithMetadata(s_oauth);
        auth.MapPost("/logout", context => Of<LogoutEndpoint>(context).LogOutAsync(context));

        // A kill that any issuer has acknowledged holds here at once.
        var signedIn = auth.MapGroup(string.Empty).RequireAuthorization(UserPolicy.Name).WithMetadata(new StrictRevocationAttribute());
        signedIn.MapPost("/password", context => Of<PasswordEndpoint>(context).ChangeAsync(context));
        signedIn.MapGet("/sessions", context => Of<SessionsEndpoint>(context).ListAsync(context));
        signedIn.MapDelete($"/sessions/{{{SessionsEndpoint.IdParameter}}}", context => Of<SessionsEndpoint>(context).EndAsync(context));
        signedIn.MapPost("/api-tokens", context => Of<ApiTokensEndpoint>(context).CreateAsync(context));
        signedIn.MapGet("/api-tokens", context => Of<ApiTokensEndpoint>(context).ListAsync(context));
        signedIn.MapDelete($"/api-tokens/{{{ApiTokensEndpoint.IdParameter}}}", context => Of<ApiTokensEndpoint>(context).EndAsync(context));
        signedIn.MapGet("/me", context => Of<MeEndpoint>(context).GetAsync(context));
        if (Has<ISecondFactors>(services))
        {
            signedIn.MapPost("/totp", context => Of<TotpEndpoint>(context).BeginAsync(context));
            signedIn.MapPost("/totp/confirm", context => Of<TotpEndpoint>(context).ConfirmAsync(context));
            signedIn.MapDelete("/totp", context => Of<TotpEndpoint>(context).RemoveAsync(context));
        }
    }

    private static void MapOAuth(RouteGroupBuilder oauth)
    {
        oauth.RequireCors(CorsPolicies.Private).WithMetadata(s_oauth);
        oauth.MapPost("/token", context => Of<TokenEndpoint>(context).AnswerAsync(context));
        oauth.MapPost("/revoke", context => Of<RevokeEndpoint>(context).RevokeAsync(context));
        oauth.MapPost("/introspect", context => Of<IntrospectEndpoint>(context).InspectAsync(context));
        oauth.MapGet("/revocations", context => Of<RevocationsEndpoint>(context).GetAsync(context));
    }

    private static void MapAdmin(RouteGroupBuilder admin, IServiceProvider services)
    {
        admin.RequireCors(CorsPolicies.Private).WithMetadata(s_private);
        admin.MapPost("/revocations", context => Of<RevocationsAdminEndpoint>(context).RevokeAsync(context));
        admin.MapGet($"/users/{{{UserSessionsAdminEndpoint.IdParameter}}}/sessions", context => Of<UserSessionsAdminEndpoint>(context).ListAsync(context));
        admin.MapGet("/keys", context => Of<KeysAdminEndpoint>(context).ListAsync(context));
        admin.MapPost("/keys/rotate", context => Of<KeysAdminEndpoint>(context).RotateAsync(context));
        admin.MapPost($"/keys/{{{KeysAdminEndpoint.IdParameter}}}/retire", context => Of<KeysAdminEndpoint>(context).RetireAsync(context));
        admin.MapGet("/audit", context => Of<AuditAdminEndpoint>(context).ListAsync(context));
        admin.MapGet("/overview", context => Of<OverviewAdminEndpoint>(context).GetAsync(context));
        if (Has<IUserAdministration>(services))
        {
            MapUsers(admin.MapGroup("/users"), services);
        }
    }

    private static void MapUsers(RouteGroupBuilder users, IServiceProvider services)
    {
        const string User = $"/{{{UsersAdminEndpoint.IdParameter}}}";
        users.MapGet(string.Empty, context => Of<UsersAdminEndpoint>(context).SearchAsync(context));
        users.MapPost(string.Empty, context => Of<UsersAdminEndpoint>(context).CreateAsync(context));
        users.MapGet(User, context => Of<UsersAdminEndpoint>(context).GetAsync(context));
        users.MapPost(User + "/disable", context => Of<UsersAdminEndpoint>(context).DisableAsync(context));
        users.MapPost(User + "/enable", context => Of<UsersAdminEndpoint>(context).EnableAsync(context));
        users.MapPost(User + "/password", context => Of<UsersAdminEndpoint>(context).SetPasswordAsync(context));
        users.MapPut(User + "/roles", context => Of<UsersAdminEndpoint>(context).SetRolesAsync(context));
        users.MapDelete(User, context => Of<UsersAdminEndpoint>(context).DeleteAsync(context));
        if (Has<ISecondFactors>(services))
        {
            users.MapPost(User + "/totp/reset", context => Of<TotpAdminEndpoint>(context).ResetAsync(context));
        }
    }

    private static bool Has<T>(IServiceProvider services) => services.GetService<IServiceProviderIsService>()?.IsService(typeof(T)) == true;

    private static T Of<T>(HttpContext context)
        where T : notnull
        => context.RequestServices.GetRequiredService<T>();
}
