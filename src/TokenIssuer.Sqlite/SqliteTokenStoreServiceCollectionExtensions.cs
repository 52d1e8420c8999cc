using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TokenIssuer;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Sqlite;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside IServiceCollection.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the embedded token store.</summary>
public static class SqliteTokenStoreServiceCollectionExtensions
{
    /// <summary>
    /// Keeps sessions and the revocation log in one SQLite file: durable, for one machine, shared by all processes on it
    /// that name the same file. Call it beside <c>AddTokenIssuer</c>.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="connectionString">
    /// In ADO.NET form: <c>Data Source=data/tokens.db</c>. File and folder are created when missing, readable by their owner
    /// alone; put them on a local disk. Beside the file lies <c>tokens.db.witness</c>: never restore it with a backup, it is
    /// how a restored backup is noticed.
    /// </param>
    /// <exception cref="ArgumentException">The connection string can't be read, or names no file.</exception>
    /// <remarks>
    /// The host does not start (<see cref="TokenStoreUnavailableException"/>) on a file that is no token store or one of a
    /// newer version.
    /// </remarks>
    public static IServiceCollection AddSqliteTokenStore(this IServiceCollection services, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        var file = new StoreFile(connectionString);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(file);
        services.AddSingleton<SqliteTokenFamilyStore>();
        services.AddSingleton<ITokenFamilyStore>(provider => provider.GetRequiredService<SqliteTokenFamilyStore>());
        services.AddSingleton<IRevocationFeed>(provider => provider.GetRequiredService<SqliteTokenFamilyStore>());
        services.AddSingleton(provider => new StoreWitness(
            file.WitnessPath, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StoreWitness>>()));
        services.AddHostedService<SqliteStoreOpening>();
        return services;
    }
}
