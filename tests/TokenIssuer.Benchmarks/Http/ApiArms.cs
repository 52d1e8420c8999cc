using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using TokenIssuer.Benchmarks.Tokens;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>The same endpoint of a resource API, protected in four ways.</summary>
internal static class ApiArms
{
    public const string Path = "/api/notes";

    private static readonly string s_authority = $"http://localhost:{ArmSurroundings.IssuerPort}";

    public static Action<WebApplication> Anonymous() => app => MapNotes(app);

    public static Action<WebApplication> JwtBearer(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication().AddJwtBearer(Configure);
        return Protect(builder);
    }

    /// <summary>How revocation is usually added: a look-up for each request.</summary>
    public static Action<WebApplication> JwtBearerWithRedis(WebApplicationBuilder builder, ArmSurroundings surroundings)
    {
        var redis = ConnectionMultiplexer.Connect(surroundings.Redis).GetDatabase();
        builder.Services.AddAuthentication().AddJwtBearer(options =>
        {
            Configure(options);
            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = async context =>
                {
                    if (await redis.KeyExistsAsync("revoked:" + context.SecurityToken.Id))
                    {
                        context.Fail("revoked");
                    }
                },
            };
        });
        return Protect(builder);
    }

    public static Action<WebApplication> TokenIssuer(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication().AddTokenIssuerBearer(options =>
        {
            options.Authority = s_authority;
            options.Audience = BenchmarkIssuer.Audience;
            options.ClientId = RefreshArms.FeedClient;
            options.ClientSecret = RefreshArms.FeedSecret;
        });
        return Protect(builder);
    }

    private static void Configure(JwtBearerOptions options)
    {
        options.Authority = s_authority;
        options.Audience = BenchmarkIssuer.Audience;
        options.RequireHttpsMetadata = false;
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(10);
    }

    private static Action<WebApplication> Protect(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthorization();
        return app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            MapNotes(app).RequireAuthorization();
        };
    }

    private static IEndpointConventionBuilder MapNotes(WebApplication app)
        => app.MapGet(Path, (HttpContext context) => context.Response.WriteAsync("""{"notes":[]}"""));
}
