using System.Reflection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TokenIssuer.Identity;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Identity.SecondFactors;
using TokenIssuer.Identity.SignIn;
using TokenIssuer.Users;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside IServiceCollection.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Issues tokens to the users of ASP.NET Core Identity.</summary>
public static class TokenIssuerIdentityServiceCollectionExtensions
{
    /// <summary>
    /// Signs users in with Identity's user manager (password, lock-out, authenticator code) and lets them enrol an authenticator
    /// app at <c>/auth/totp</c>, unless the host has registered an <see cref="ICredentialVerifier"/> of its own, and has revocation follow what happens to them: a password change or
    /// reset, an administrator's lock-out, deletion and a second factor that is reset end everything of the user; changed
    /// roles end the access tokens. A confirmed e-mail address and the lock-out after failed attempts end nothing.
    /// </summary>
    /// <typeparam name="TUser">The class of users, given to <c>AddIdentity</c> as well.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">What only the host knows; may be left out.</param>
    /// <exception cref="InvalidOperationException">Identity, or its Entity Framework store, has not been added before.</exception>
    /// <remarks>
    /// Call it after <c>AddIdentity</c> (or <c>AddIdentityCore</c>), <c>AddEntityFrameworkStores</c>, a password hasher of the
    /// host's own, and the token store; call <c>AddRevocationOutbox</c> in <c>OnModelCreating</c>. What is to be revoked is
    /// saved with the change in one transaction, and is revoked when <c>SaveChangesAsync</c>, or the commit of the transaction
    /// around it, returns; with the synchronous forms or a <c>TransactionScope</c> about a second later. After a crash in between,
    /// the next start revokes before it answers. Where the token store does not answer, the directory is changed,
    /// <see cref="TokenIssuer.TokenStoreUnavailableException"/> is thrown, and the revocation follows. Changes that pass the
    /// change tracker by (<c>ExecuteUpdate</c>, <c>ExecuteDelete</c>, SQL) are not seen: revoke with <c>TokenAuthority</c>.
    /// </remarks>
    public static IServiceCollection UseIdentity<TUser>(this IServiceCollection services, Action<IdentityRevocationOptions>? configure = null)
        where TUser : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        var store = services.LastOrDefault(service => service.ServiceType == typeof(IUserStore<TUser>))?.ImplementationType;
        var context = AncestorsOf(store).SelectMany(type => type.GetGenericArguments()).FirstOrDefault(type => type.IsSubclassOf(typeof(DbContext)));
        var key = AncestorsOf(typeof(TUser))
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IdentityUser<>))?.GetGenericArguments()[0];
        if (context is null || key is null)
        {
            throw new InvalidOperationException(
                $"UseIdentity<{typeof(TUser).Name}> needs AddIdentity or AddIdentityCore with AddEntityFrameworkStores before it, and a user that derives from IdentityUser.");
        }

        services.AddOptions<IdentityRevocationOptions>().Configure(configure ?? (_ => { }));
        typeof(TokenIssuerIdentityServiceCollectionExtensions)
            .GetMethod(nameof(Add), BindingFlags.NonPublic | BindingFlags.Static)?
            .MakeGenericMethod(typeof(TUser), context, key)
            .Invoke(null, [services]);
        return services;
    }

    private static IEnumerable<Type> AncestorsOf(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            yield return type;
        }
    }

    private static void Add<TUser, TContext, TKey>(IServiceCollection services)
        where TUser : class, new()
        where TContext : DbContext
        where TKey : IEquatable<TKey>
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Rehashes>();
        services.TryAddSingleton<IdentityChanges<TKey>>();
        services.TryAddSingleton<RevocationOutbox<TContext>>();
        services.TryAddSingleton<PendingRevocations>(provider => provider.GetRequiredService<RevocationOutbox<TContext>>());
        services.TryAddSingleton<OutboxInterceptor<TContext, TKey>>();
        services.ConfigureDbContext<TContext>((provider, options)
            => options.AddInterceptors(provider.GetRequiredService<OutboxInterceptor<TContext, TKey>>()));
        services.AddHostedService<OutboxDelivery<TContext>>();
        WatchHasher<TUser>(services);

        services.AddHttpContextAccessor();
        services.AddAuthentication();
        services.TryAddScoped<SignInManager<TUser>>();
        services.TryAddSingleton<AuthenticatorCodes<TUser>>();
        if (services.All(service => service.ServiceType != typeof(ICredentialVerifier)))
        {
            // Who verifies credentials otherwise may not ask for codes: enrolment would be a promise nobody keeps.
            services.AddSingleton<ICredentialVerifier, IdentityCredentials<TUser>>();
            services.TryAddSingleton<ISecondFactors, IdentitySecondFactors<TUser>>();
        }

        new IdentityBuilder(typeof(TUser), services)
            .AddTokenProvider<AuthenticatorTokenProvider<TUser>>(TokenOptions.DefaultAuthenticatorProvider);
    }

    /// <summary>Puts a watch around the host's hasher, as long-lived as it is.</summary>
    private static void WatchHasher<TUser>(IServiceCollection services)
        where TUser : class
    {
        var hasher = services.Last(service => service.ServiceType == typeof(IPasswordHasher<TUser>));
        services.Replace(ServiceDescriptor.Describe(
            typeof(IPasswordHasher<TUser>),
            provider => new RehashNotingHasher<TUser>(Create(provider), provider.GetRequiredService<Rehashes>()),
            hasher.Lifetime));

        IPasswordHasher<TUser> Create(IServiceProvider provider) => (IPasswordHasher<TUser>)(hasher switch
        {
            { ImplementationInstance: { } instance } => instance,
            { ImplementationFactory: { } factory } => factory(provider),
            _ => ActivatorUtilities.CreateInstance(provider, hasher.ImplementationType ?? typeof(PasswordHasher<TUser>)),
        });
    }
}
