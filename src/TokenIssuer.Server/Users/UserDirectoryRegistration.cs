using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using TokenIssuer.Audit;
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
        var address = DirectoryAddress.Beside(builder.TokenStoreAddress());
        services.AddDbContextPool<DirectoryContext>(options => options.UseSqlite(address));

        services.AddSingleton<ILookupNormalizer, AsciiNames>();
        services.AddSingleton<IPasswordHasher<DirectoryUser>, PasswordHasher<DirectoryUser>>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordHashing.Iterations);
        services.AddIdentityCore<DirectoryUser>(SetRules)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<DirectoryContext>()
            .AddPasswordValidator<PasswordRules>()
            .AddTokenProvider<AuthenticatorTokenProvider<DirectoryUser>>(TokenOptions.DefaultAuthenticatorProvider);

        services.AddScoped<LoginAttempts>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<ICredentialVerifier, IdentityCredentialVerifier>();
        services.AddSingleton<IUserAdministration, IdentityUserAdministration>();
        services.Configure<List<SeedUser>>(builder.Configuration.GetSection(SeedUser.Section));
        services.AddSingleton<IAuditTrail, DirectoryAuditTrail>();

        // The tables come first, then what a crash has left in the outbox.
        services.AddHostedService<DirectoryStart>();
        services.UseIdentity<DirectoryUser>(options => options.DisablingProperties.Add(nameof(DirectoryUser.IsDisabled)));
        return builder;
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
