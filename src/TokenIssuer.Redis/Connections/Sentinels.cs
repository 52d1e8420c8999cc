using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <summary>Asks the sentinels of a connection string where the master is. The client library does not do it in this version.</summary>
internal static class Sentinels
{
    private const int DefaultPort = 26379;

    // The client library's own list leaves AUTH out.
    private static readonly CommandMap s_commands = CommandMap.Create(["auth", "ping", "info", "sentinel", "subscribe", "psubscribe", "unsubscribe", "punsubscribe"], available: true);

    /// <summary>All are asked: one that was cut off still names the master of before, under a lower epoch.</summary>
    /// <exception cref="TokenStoreUnavailableException">No sentinel answers, or none knows the name.</exception>
    public static async Task<ConfigurationOptions> FindMasterAsync(RedisSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(settings.Options.EndPoints.Select(
            endpoint => TryAskAsync(WithPort(endpoint), settings, clock, cancellationToken))).ConfigureAwait(false);
        var newest = answers.Where(answer => answer.Master is not null).DefaultIfEmpty().MaxBy(answer => answer.Epoch);
        if (newest.Master is null)
        {
            throw new TokenStoreUnavailableException(
                $"No sentinel knows \"{settings.SentinelName}\". {string.Join(" ", answers.Select(answer => answer.Refusal))}");
        }

        var found = settings.Options.Clone();
        found.EndPoints.Clear();
        found.EndPoints.Add(newest.Master);
        found.ServiceName = null;
        return found;
    }

    /// <summary>With the password of the connection string where there is one, and without: sentinels need not have the master's.</summary>
    private static async Task<Answer> TryAskAsync(EndPoint endpoint, RedisSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var refusal = string.Empty;
        foreach (var password in new[] { settings.Options.Password, null }.Distinct())
        {
            try
            {
                return await AskAsync(endpoint, password, settings, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or TokenStoreUnavailableException or TaskCanceledException or ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                refusal = $"{endpoint}: {failure.Message}";
            }
        }

        return new Answer(null, 0, refusal);
    }

    private static async Task<Answer> AskAsync(
        EndPoint endpoint, string? password, RedisSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            CommandMap = s_commands,
            ConnectRetry = 1,
            ConnectTimeout = 1000,
            ConfigurationChannel = string.Empty,
            Password = password,
            Ssl = settings.Options.Ssl,
            SslHost = settings.Options.SslHost,
            TieBreaker = string.Empty,
        };
        options.EndPoints.Add(endpoint);
        using var sentinel = await RedisConnection.OpenAsync(options, clock, cancellationToken).ConfigureAwait(false);
        var server = sentinel.GetServer(sentinel.GetEndPoints()[0]);
        var described = await server.SentinelMasterAsync(settings.SentinelName)
            .WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(false);
        var epoch = described.FirstOrDefault(pair => pair.Key == "config-epoch").Value;
        var master = await server.SentinelGetMasterAddressByNameAsync(settings.SentinelName)
            .WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(false)
            ?? throw new TokenStoreUnavailableException("The name is unknown there.");
        return new Answer(master, long.TryParse(epoch, CultureInfo.InvariantCulture, out var number) ? number : 0, string.Empty);
    }

    private static EndPoint WithPort(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint { Port: 0 } name => new DnsEndPoint(name.Host, DefaultPort),
        IPEndPoint { Port: 0 } address => new IPEndPoint(address.Address, DefaultPort),
        _ => endpoint,
    };

    private readonly record struct Answer(EndPoint? Master, long Epoch, string Refusal);
}
