using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Benchmarks.Tokens;
using TokenIssuer.Users;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>Servers that refresh.</summary>
internal static class RefreshArms
{
    public const string FeedClient = "notes-api";
    public const string FeedSecret = "benchmark-secret";

    public static Action<WebApplication> TokenIssuerOnRedis(WebApplicationBuilder builder, ArmSurroundings surroundings)
    {
        builder.Services.AddRedisTokenStore(surroundings.Redis + ",deadline=5000", Path.Combine(surroundings.Folder, $"witness-{surroundings.Port}"));
        return TokenIssuer(builder, surroundings);
    }

    public static Action<WebApplication> TokenIssuerOnSqlite(WebApplicationBuilder builder, ArmSurroundings surroundings)
    {
        builder.Services.AddSqliteTokenStore($"Data Source={Path.Combine(surroundings.Folder, $"tokens-{surroundings.Port}.db")}");
        return TokenIssuer(builder, surroundings);
    }

    /// <summary>ASP.NET Core Identity's own endpoints, which keep no state about refresh tokens.</summary>
    public static Action<WebApplication> Identity(WebApplicationBuilder builder, ArmSurroundings surroundings)
    {
        builder.Services.AddDbContext<IdentityDbContext>(options => options.UseSqlite($"Data Source={Path.Combine(surroundings.Folder, "identity.db")}"));
        builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<IdentityDbContext>();
        builder.Services.AddAuthorization();
        builder.Services.Configure<RouteOptions>(options => options.SetParameterPolicy<Microsoft.AspNetCore.Routing.Constraints.RegexInlineRouteConstraint>("regex"));
        return app =>
        {
            using (var scope = app.Services.CreateScope())
            {
                scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreated();
            }

            app.MapIdentityApi<IdentityUser>();
        };
    }

    private static Action<WebApplication> TokenIssuer(WebApplicationBuilder builder, ArmSurroundings surroundings)
    {
        builder.Services.AddSingleton<ICredentialVerifier, BenchmarkDirectory>();
        builder.Services.AddTokenIssuer(options =>
        {
            options.Issuer = BenchmarkIssuer.Name;
            options.Audience = BenchmarkIssuer.Audience;
            options.KeysDirectory = surroundings.KeysFolder;
            options.Keys.Generate = true;
            options.Clients.Add(new OAuthClient { ClientId = FeedClient, Secret = FeedSecret, Scopes = { "revocations:read" }, GrantTypes = { "client_credentials" } });
        });
        builder.Services.AddTokenIssuerEndpoints(_ => { });
        return app =>
        {
            app.UseTokenIssuer();
            app.MapTokenIssuer();
        };
    }
}
