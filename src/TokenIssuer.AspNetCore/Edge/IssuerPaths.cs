using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>The paths of the wire contract. A host may have others; those are left alone.</summary>
internal static class IssuerPaths
{
    public const string Login = "/auth/login";
    public const string Refresh = "/auth/refresh";
    public const string Auth = "/auth";
    public const string OAuth = "/oauth";
    public const string Token = "/oauth/token";
    public const string Revoke = "/oauth/revoke";
    public const string Introspect = "/oauth/introspect";
    public const string Admin = "/admin";
    public const string Jwks = "/.well-known/jwks.json";
    public const string OpenIdConfiguration = "/.well-known/openid-configuration";
    public const string AuthorizationServer = "/.well-known/oauth-authorization-server";

    private static readonly PathString[] s_private = [Auth, OAuth, Admin, "/health"];
    private static readonly PathString[] s_public = [Jwks, OpenIdConfiguration, AuthorizationServer];
    private static readonly PathString[] s_oauthErrors = [OAuth, Login, Refresh];

    /// <summary>
    /// What a request concerns; null when it is nothing of the issuer. The endpoint that routing found says so, whatever the
    /// address looks like; the address counts where there is none of ours: unknown paths and methods, pages under our roots.
    /// </summary>
    public static IssuerSurface? SurfaceOf(HttpContext context)
        => context.GetEndpoint()?.Metadata.GetMetadata<IssuerEndpoint>()?.Surface ?? SurfaceOf(context.Request.Path);

    /// <summary>What a request is called in logs: the route, because a path may hold whatever a stranger typed.</summary>
    public static string EndpointName(this HttpContext context)
        => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no endpoint)";

    private static IssuerSurface? SurfaceOf(PathString path) => path switch
    {
        _ when IsUnder(s_public, path) => IssuerSurface.Public,
        _ when IsUnder(s_oauthErrors, path) => IssuerSurface.OAuth,
        _ when IsUnder(s_private, path) => IssuerSurface.Private,
        _ => null,
    };

    private static bool IsUnder(PathString[] roots, PathString path)
    {
        foreach (var root in roots)
        {
            if (path.StartsWithSegments(root))
            {
                return true;
            }
        }

        return false;
    }
}
