using System.Net;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <summary>Asks the sentinels of a connection string where the master is. The client library does not do it in this version.</summary>
internal static class Sentinels
{
    private const int DefaultPort = 26379;

    /// <exception cref="TokenStoreUnavailableException">No sentinel answers, or none knows the name.</exception>
    public static async Task<ConfigurationOptions> FindMasterAsync(RedisSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        foreach (var endpoint in settings.Options.EndPoints)
        {
            try
            {
                return await AskAsync(endpoint, settings, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or TokenStoreUnavailableException)
            {
                reasons.Add($"{endpoint}: {failure.Message}");
            }
        }

        throw new TokenStoreUnavailableException($"No sentinel knows \"{settings.SentinelName}\". {string.Join(" ", reasons)}");
    }

    private static async Task<ConfigurationOptions> AskAsync(
        EndPoint endpoint, RedisSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            CommandMap = CommandMap.Sentinel,
            ConnectRetry = 1,
            ConnectTimeout = 1000,
            ConfigurationChannel = string.Empty,
            Ssl = settings.Options.Ssl,
            SslHost = settings.Options.SslHost,
            TieBreaker = string.Empty,
        };
        options.EndPoints.Add(WithPort(endpoint));
        using var sentinel = await RedisConnection.OpenAsync(options, clock, cancellationToken).ConfigureAwait(false);
        var server = sentinel.GetServer(sentinel.GetEndPoints()[0]);
        var master = await server.SentinelGetMasterAddressByNameAsync(settings.SentinelName)
            .WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(false)
            ?? throw new TokenStoreUnavailableException("The name is unknown there.");

        var found = settings.Options.Clone();
        found.EndPoints.Clear();
        found.EndPoints.Add(master);
        found.ServiceName = null;
        return found;
    }

    private static EndPoint WithPort(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint { Port: 0 } name => new DnsEndPoint(name.Host, DefaultPort),
        IPEndPoint { Port: 0 } address => new IPEndPoint(address.Address, DefaultPort),
        _ => endpoint,
    };
}
