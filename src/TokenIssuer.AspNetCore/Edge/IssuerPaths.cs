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

    public static bool Contains(PathString path) => IsPublic(path) || IsUnder(s_private, path);

    /// <summary>Documents without secrets, the same for everybody.</summary>
    public static bool IsPublic(PathString path) => IsUnder(s_public, path);

    /// <summary>Whether errors are objects of RFC 6749 §5.2; elsewhere they are problem details.</summary>
    public static bool HasOAuthErrors(PathString path) => IsUnder(s_oauthErrors, path);

    /// <summary>What a request is called in logs: the route, because a path may hold whatever a stranger typed.</summary>
    public static string EndpointName(this HttpContext context)
        => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no endpoint)";

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
