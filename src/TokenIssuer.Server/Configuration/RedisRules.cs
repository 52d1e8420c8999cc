using System.Net;
using TokenIssuer.Redis;

namespace TokenIssuer.Server.Configuration;

/// <summary>
/// Whoever reaches a Redis without a password ends every session, or forgets what was revoked. In Production it is refused
/// unless it answers this host alone, or the operator says that the network guards it.
/// </summary>
internal static class RedisRules
{
    public const string Permission = "AllowRedisWithoutPassword";

    public static void Check(string connectionString, IHostEnvironment environment, IConfigurationSection settings)
    {
        var options = RedisSettings.Parse(connectionString).Options;
        if (environment.IsProduction()
            && string.IsNullOrEmpty(options.Password)
            && !settings.GetValue<bool>(Permission)
            && options.EndPoints.FirstOrDefault(endpoint => !IsLoopback(endpoint)) is { } open)
        {
            throw new InvalidOperationException(
                $"ConnectionStrings:Redis has no password, and {Describe(open)} is not this host: whoever reaches it could undo revocations. Set a password, or {settings.Path}:{Permission}=true if the network keeps everybody else out.");
        }
    }

    private static bool IsLoopback(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint { Address: var address } => IPAddress.IsLoopback(address),
        DnsEndPoint { Host: var host } => host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    private static string Describe(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint { Host: var host } => host,
        _ => endpoint.ToString() ?? string.Empty,
    };
}
