using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;

namespace TokenIssuer.Server.Configuration;

internal static class IssuerRegistration
{
    public const string Section = "TokenIssuer";
    private const string RedisWitness = "redis.witness";

    /// <summary>The issuer itself, from section <c>TokenIssuer</c>, on the store that the connection strings name.</summary>
    public static WebApplicationBuilder AddIssuer(this WebApplicationBuilder builder)
    {
        var isDevelopment = builder.Environment.IsDevelopment();
        var section = builder.Configuration.GetSection(Section);
        builder.Services.AddSingleton<IValidateOptions<TokenIssuerOptions>>(new Durations<TokenIssuerOptions>(section));
        builder.Services.AddSingleton<IValidateOptions<TokenIssuerEndpointOptions>>(new Durations<TokenIssuerEndpointOptions>(section));
        builder.Services.AddTokenIssuer(options =>
        {
            // Generated keys are for a developer's machine; elsewhere a missing key is a fault, unless this says otherwise.
            options.Keys.Generate = isDevelopment;
            section.Bind(options);
            options.KeysDirectory = builder.InContentRoot(options.KeysDirectory);
        });
        builder.Services.AddHostedService<KeyFileModes>();
        builder.Services.AddTokenIssuerEndpoints(options => section.Bind(options));
        return builder.AddStore();
    }

    private static WebApplicationBuilder AddStore(this WebApplicationBuilder builder)
    {
        var embedded = builder.TokenStoreAddress();
        if (builder.Configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            RedisRules.Check(redis, builder.Environment, builder.Configuration.GetSection(Section));

            // The witness lies where the embedded store would: outside Redis, in the data folder of this issuer.
            var data = Path.GetDirectoryName(new SqliteConnectionStringBuilder(embedded).DataSource) ?? ".";
            builder.Services.AddRedisTokenStore(redis, Path.Combine(data, RedisWitness));
        }
        else
        {
            builder.Services.AddSqliteTokenStore(embedded);
        }

        return builder;
    }
}
