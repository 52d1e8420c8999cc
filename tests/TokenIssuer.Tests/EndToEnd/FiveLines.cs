using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Users;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>The hosts that the README shows: what stands there is copied from here, and compiled.</summary>
internal static class FiveLines
{
    public static WebApplication Issuer<TUsers>(WebApplicationBuilder builder)
        where TUsers : class, ICredentialVerifier
    {
        builder.Services.AddTokenIssuer(options => builder.Configuration.GetSection("TokenIssuer").Bind(options));
        builder.Services.AddTokenIssuerEndpoints(options => builder.Configuration.GetSection("TokenIssuer").Bind(options));
        builder.Services.AddSqliteTokenStore("Data Source=data/tokens.db");
        builder.Services.AddSingleton<ICredentialVerifier, TUsers>();
        var app = builder.Build();
        app.UseTokenIssuer();
        app.MapTokenIssuer();
        return app;
    }

    public static WebApplication Api(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication().AddTokenIssuerBearer(builder.Configuration.GetSection("TokenIssuerValidation"));
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/notes", () => "Only for those who may.").RequireScope("notes:read");
        return app;
    }
}
