using TokenIssuer.AspNetCore.Edge;

#pragma warning disable IDE0130 // Pipeline methods live where hosts look for them: beside IApplicationBuilder.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the issuer into the pipeline.</summary>
public static class TokenIssuerApplicationBuilderExtensions
{
    /// <summary>
    /// Adds what the endpoints of the issuer stand behind: security headers, the limit of request bodies, errors in the form of
    /// the contract, CORS, authentication and authorization. Call it first; rate limiters go after it, their bare 429 gets its
    /// body here. Requests to other paths of the host pass untouched.
    /// </summary>
    /// <param name="app">The host's pipeline.</param>
    public static IApplicationBuilder UseTokenIssuer(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<IssuerEdge>().UseCors().UseAuthentication().UseAuthorization();
    }
}
