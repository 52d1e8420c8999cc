using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>Who may read answers across origins: the listed origins, with credentials; everybody the public documents, without.</summary>
internal sealed class CorsPolicies(IOptions<TokenIssuerEndpointOptions> endpoints) : IConfigureOptions<CorsOptions>
{
    public const string Private = "TokenIssuer";
    public const string Public = "TokenIssuer public documents";

    private static readonly TimeSpan s_preflightMaxAge = TimeSpan.FromMinutes(10);

    public void Configure(CorsOptions options)
    {
        options.AddPolicy(Private, policy => policy
            .WithOrigins([.. endpoints.Value.AllowedOrigins])
            .AllowCredentials()
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, "Idempotency-Key")
            .WithExposedHeaders(HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate)
            .SetPreflightMaxAge(s_preflightMaxAge));
        options.AddPolicy(Public, policy => policy.AllowAnyOrigin().WithMethods("GET").SetPreflightMaxAge(s_preflightMaxAge));
    }
}
