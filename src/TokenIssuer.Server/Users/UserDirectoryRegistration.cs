using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using TokenIssuer.Audit;
using TokenIssuer.Identity.SecondFactors;
using TokenIssuer.Server.Audit;
using TokenIssuer.Server.Configuration;
using TokenIssuer.Users;

namespace TokenIssuer.Server.Users;

internal static class UserDirectoryRegistration
{
    /// <summary>The users and the audit log: ASP.NET Core Identity on a database of its own.</summary>
    public static WebApplicationBuilder AddUserDirectory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDbContextPool<DirectoryContext>(ChooseDatabase(builder));

        services.AddSingleton<ILookupNormalizer, AsciiNames>();
        services.AddSingleton<IPasswordHasher<DirectoryUser>, PasswordHasher<DirectoryUser>>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordHashing.Iterations);
        services.AddIdentityCore<DirectoryUser>(SetRules)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<DirectoryContext>()
            .AddPasswordValidator<PasswordRules>();

        services.AddHttpContextAccessor();
        services.AddScoped<LoginAttempts>();
        services.AddScoped<DirectoryRoles>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<ICredentialVerifier, IdentityCredentialVerifier>();
        services.AddSingleton<ISecondFactors, IdentitySecondFactors<DirectoryUser>>();
        services.AddSingleton<IUserAdministration, IdentityUserAdministration>();
        services.Configure<List<SeedUser>>(builder.Configuration.GetSection(SeedUser.Section));
        services.AddSingleton<IAuditTrail, DirectoryAuditTrail>();

        // The tables come first, then what a crash has left in the outbox.
        services.AddHostedService<DirectoryStart>();
        services.UseIdentity<DirectoryUser>(options => options.DisablingProperties.Add(nameof(DirectoryUser.IsDisabled)));
        return builder;
    }

    private static Action<DbContextOptionsBuilder> ChooseDatabase(WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString("Postgres") is { Length: > 0 } configured)
        {
            var postgres = DirectoryAddress.OfPostgres(configured);

            // The strategy of the provider hides a broken connection in an InvalidOperationException; it is to be a 503.
            return options => options.UseNpgsql(postgres, npgsql => npgsql.ExecutionStrategy(parts => new NonRetryingExecutionStrategy(parts)));
        }

        var file = DirectoryAddress.Beside(builder.TokenStoreAddress());
        return options => options.UseSqlite(file);
    }

    private static void SetRules(IdentityOptions options)
    {
        options.User.AllowedUserNameCharacters = AsciiNames.AllowedCharacters;
        options.Password.RequiredLength = PasswordRules.MinLength;
        options.Password.RequiredUniqueChars = 1;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
    }
}
