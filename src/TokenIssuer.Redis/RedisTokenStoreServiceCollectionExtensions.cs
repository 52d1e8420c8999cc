using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Feed;
using TokenIssuer.Redis.Throttling;
using TokenIssuer.Revocation;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside IServiceCollection.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the token store and the revocation feed on Redis.</summary>
public static class RedisTokenStoreServiceCollectionExtensions
{
    /// <summary>Keeps an issuer's tokens and revocations in Redis 6.2 or later; any number of issuers may share it.</summary>
    /// <param name="services">The services of the host, which also calls <c>AddTokenIssuer</c>.</param>
    /// <param name="connectionString">
    /// <c>host:port,…</c> of a single node, of a cluster, or of sentinels with <c>serviceName=…</c>; then the settings of
    /// StackExchange.Redis (<c>password=…,ssl=true</c>) and <c>partitions=…</c> (1, on a cluster 16; fixed once there are data),
    /// <c>keyPrefix=ti</c>, <c>deadline=150</c> (milliseconds a call may take), <c>trustedCertificate=ca.pem</c>.
    /// </param>
    /// <param name="witnessPath">Where this issuer remembers which store it has seen; outside Redis, kept across restarts.</param>
    /// <exception cref="ArgumentException">The connection string can't be read.</exception>
    /// <remarks>
    /// A Redis that is silent at start is waited for; one that answers but must not be used (evicting <c>maxmemory-policy</c>,
    /// too old, read-only, other partitions, wrong password) stops the start with a sentence that says what to change.
    /// </remarks>
    public static IServiceCollection AddRedisTokenStore(
        this IServiceCollection services, string connectionString, string witnessPath = "data/redis.witness")
    {
        ArgumentNullException.ThrowIfNull(services);
        AddConnection(services, RedisSettings.Parse(connectionString), RedisUse.Store);
        services.TryAddSingleton<RedisSteps>();
        services.TryAddSingleton<StoreBirth>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreBirth>());
        services.TryAddSingleton<UserSweep>();
        services.TryAddSingleton<SharedAttempts>();
        services.TryAddSingleton(provider => new LogPages(
            provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<LogReader>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<StoreBirth>()));
        services.TryAddSingleton<ITokenFamilyStore, RedisTokenFamilyStore>();
        services.TryAddSingleton(provider => new StoreWitness(
            witnessPath, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StoreWitness>>()));
        return services;
    }

    /// <summary>Lets a resource API follow the revocations in Redis. It only reads: a default user without any right to write will do.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="connectionString">As for <see cref="AddRedisTokenStore"/>; <c>keyPrefix</c> must be the issuers', <c>partitions</c> is read from Redis.</param>
    /// <exception cref="ArgumentException">The connection string can't be read.</exception>
    public static IServiceCollection AddRedisRevocationFeed(this IServiceCollection services, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddConnection(services, RedisSettings.Parse(connectionString), RedisUse.ReadLog);
        services.TryAddSingleton(provider => new LogPages(
            provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<LogReader>(),
            provider.GetRequiredService<TimeProvider>(), birth: null));

        // In whatever order the host registers things: who asks for Redis does not mean HTTP.
        services.Replace(ServiceDescriptor.Singleton<IRevocationFeed, RedisRevocationFeed>());
        return services;
    }

    private static void AddConnection(IServiceCollection services, RedisSettings settings, RedisUse use)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RedisConnection(
            settings, use, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.TryAddSingleton<RedisCalls>();
        services.TryAddSingleton<LossAlarm>();
        services.TryAddSingleton<LogReader>();
        services.TryAddSingleton<SourceAge>();
        services.TryAddSingleton<IRevocationFeed, RedisRevocationFeed>();
    }
}
