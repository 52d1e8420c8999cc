using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Scripts;

namespace TokenIssuer.Redis.Throttling;

/// <summary>Counts attempts for all issuers of a deployment, in fixed windows that begin with the first attempt.</summary>
internal sealed class SharedAttempts(RedisConnection connection, RedisCalls calls)
{
    private const int NameBytes = 16;

    /// <param name="source">Whose attempts: an address. Redis is told a hash of it.</param>
    /// <param name="limit">How many are permitted in a window.</param>
    /// <param name="window">How long a window is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null if the attempt is permitted, else how long the window lasts yet.</returns>
    /// <exception cref="TokenStoreUnavailableException">Redis can't be asked: guessing without limit is worse than waiting.</exception>
    public async Task<TimeSpan?> TryTakeAsync(string source, int limit, TimeSpan window, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)).AsSpan(0, NameBytes));
        RedisKey[] keys = [RedisKeys.Attempts(connection.Settings.KeyPrefix, name)];
        RedisValue[] arguments = [((long)window.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), limit];
        var script = Script.CountAttempt;
        var reply = await calls.AskAsync(
            script.Name, connection.Settings.Deadline, database => script.EvaluateAsync(database, keys, arguments), cancellationToken).ConfigureAwait(false);
        return (long)reply[2] == 1 ? null : TimeSpan.FromMilliseconds((long)reply[3]);
    }
}
