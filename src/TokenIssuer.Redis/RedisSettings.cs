using System.Globalization;
using StackExchange.Redis;
using TokenIssuer.Redis.Connections;

namespace TokenIssuer.Redis;

/// <summary>
/// A connection string, read: <c>host:port,host:port,password=…,ssl=true,serviceName=…</c> as StackExchange.Redis knows it,
/// and words of our own: <c>partitions=16</c>, <c>keyPrefix=ti</c>, <c>deadline=150</c> (ms), <c>redisTime=false</c>,
/// <c>trustedCertificate=ca.pem</c>.
/// </summary>
internal sealed class RedisSettings
{
    private const int MaxPartitions = 256;

    private RedisSettings(ConfigurationOptions options) => Options = options;

    /// <summary>Without our own words.</summary>
    public ConfigurationOptions Options { get; }

    /// <summary>Null: 1 on a single node, 16 on a cluster.</summary>
    public int? Partitions { get; private set; }

    public string KeyPrefix { get; private set; } = "ti";

    /// <summary>How long a call may take until its caller is answered with 503.</summary>
    public TimeSpan Deadline { get; private set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Whether time is taken from Redis; without it, from the <see cref="TimeProvider"/> alone and without deadlines in scripts.</summary>
    public bool FollowsRedisTime { get; private set; } = true;

    /// <summary>Set: the endpoints are sentinels, and this is the name they watch the master under.</summary>
    public string? SentinelName => string.IsNullOrEmpty(Options.ServiceName) ? null : Options.ServiceName;

    /// <exception cref="ArgumentException">The text is no connection string. The message holds no password.</exception>
    public static RedisSettings Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var theirs = new List<string>();
        var ours = new List<(string Name, string Value)>();
        foreach (var part in connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? string.Empty : part[..at].ToUpperInvariant();
            if (name is "PARTITIONS" or "KEYPREFIX" or "DEADLINE" or "REDISTIME" or "TRUSTEDCERTIFICATE")
            {
                ours.Add((name, part[(at + 1)..]));
            }
            else
            {
                theirs.Add(part);
            }
        }

        var settings = new RedisSettings(Read(string.Join(',', theirs)));
        foreach (var (name, value) in ours)
        {
            settings.Apply(name, value);
        }

        return settings;
    }

    private static ConfigurationOptions Read(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text);
        }
        catch (ArgumentException failure)
        {
            throw new ArgumentException($"ConnectionStrings:Redis can't be read: {failure.Message}", failure);
        }

        if (options.EndPoints.Count == 0)
        {
            throw new ArgumentException("ConnectionStrings:Redis names no host: write host:port first.");
        }

        // Reconnecting is ours; the tie breaker and the configuration channel would need rights that a reader has not.
        options.AbortOnConnectFail = true;

        // INFO counts as administration in this client library.
        options.AllowAdmin = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = 2000;
        options.TieBreaker = string.Empty;
        options.ConfigurationChannel = string.Empty;
        options.ClientName ??= "tokenissuer";
        return options;
    }

    private void Apply(string name, string value)
    {
        switch (name)
        {
            case "PARTITIONS":
                Partitions = ReadNumber(name, value, MaxPartitions);
                break;
            case "DEADLINE":
                Deadline = TimeSpan.FromMilliseconds(ReadNumber(name, value, 10_000));
                break;
            case "REDISTIME":
                FollowsRedisTime = bool.TryParse(value, out var follows)
                    ? follows
                    : throw new ArgumentException($"ConnectionStrings:Redis: redisTime is \"{value}\" but must be true or false.");
                break;
            case "TRUSTEDCERTIFICATE":
                Options.CertificateValidation += new TrustedCertificate(value).Accepts;
                break;
            default:
                KeyPrefix = value.Length is > 0 and <= 32 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
                    ? value
                    : throw new ArgumentException("ConnectionStrings:Redis: keyPrefix must be 1 to 32 letters, digits, hyphens, underscores or dots.");
                break;
        }
    }

    private static int ReadNumber(string name, string value, int max)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new ArgumentException($"ConnectionStrings:Redis: {name.ToLowerInvariant()} is \"{value}\" but must be from 1 to {max}.");
}
