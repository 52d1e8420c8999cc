using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;

namespace TokenIssuer.Redis;

/// <summary>
/// Counts the living families and API tokens of everybody. Only an administrator who kills everything asks for it: it walks
/// every key, O(keys) for each partition, page by page, so that nobody else is held up.
/// </summary>
internal sealed class UserSweep(RedisCalls calls, RedisSteps steps)
{
    private const int PageLength = 1000;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    /// <param name="all">The value of <c>all</c> to count under.</param>
    /// <param name="now">The time to count at.</param>
    /// <param name="cancellationToken">Stops counting.</param>
    public async Task<Killed> CountAsync(long all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var living = new Killed(0, 0, []);
        for (var partition = 0; partition < steps.Keys.Partitions; partition++)
        {
            var cursor = "0";
            do
            {
                var page = await steps.SendAsync(
                    Script.ScanUsers, partition, [steps.Keys.State(partition)], [cursor, steps.Keys.UserPattern(partition), PageLength], cancellationToken).ConfigureAwait(false);
                cursor = (string)page.Values[2];
                living = Add(living, await CountAsync((string[])page.Values[3], all, now, cancellationToken).ConfigureAwait(false));
            }
            while (cursor != "0");
        }

        return living;
    }

    private async Task<Killed> CountAsync(string[] keys, long all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var users = keys.Select(RedisKeys.UserOf).ToList();
        var hashes = ReadAsync(users.Select(steps.Keys.User), cancellationToken);
        var tokens = ReadAsync(users.Select(steps.Keys.ApiTokens), cancellationToken);
        var living = new Killed(0, 0, []);
        foreach (var (hash, owned) in (await hashes.ConfigureAwait(false)).Zip(await tokens.ConfigureAwait(false)))
        {
            var (sessions, apiTokens) = UserHash.CountLiving(hash, owned, all, now);
            living = Add(living, new Killed(sessions, apiTokens, []));
        }

        return living;
    }

    private Task<HashEntry[][]> ReadAsync(IEnumerable<RedisKey> keys, CancellationToken cancellationToken)
        => calls.AskAsync("HGETALL", s_deadline, database => Task.WhenAll(keys.Select(key => database.HashGetAllAsync(key))), cancellationToken);

    private static Killed Add(Killed left, Killed right) => new(left.Sessions + right.Sessions, left.ApiTokens + right.ApiTokens, []);
}
