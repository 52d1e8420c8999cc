using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;

namespace TokenIssuer.Redis;

/// <summary>
/// Counts the living families and API tokens of everybody. Only an administrator who kills everything asks for it: it walks
/// every key, O(keys) for each partition, page by page, so that nobody else is held up, and no longer than an administrator
/// may have to wait. What it could not count, or not in time, makes its answer an "at least", never a failure.
/// </summary>
internal sealed class UserSweep(RedisCalls calls, RedisSteps steps, TimeProvider clock)
{
    private const int PageLength = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly Killed s_nobody = new(0, 0, []);
    private static readonly Killed s_uncounted = s_nobody with { IsAtLeast = true };

    /// <param name="all">The value of <c>all</c> to count under.</param>
    /// <param name="now">The time to count at.</param>
    /// <param name="cancellationToken">Stops counting.</param>
    public async Task<Killed> CountAsync(long all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var living = s_nobody;
        try
        {
            for (var partition = 0; partition < steps.Keys.Partitions; partition++)
            {
                var cursor = "0";
                do
                {
                    var left = s_patience - clock.GetElapsedTime(startedAt);
                    if (left <= TimeSpan.Zero)
                    {
                        return Add(living, s_uncounted);
                    }

                    var page = await steps.SendAsync(
                        Script.ScanUsers, partition, [steps.Keys.State(partition)], [cursor, steps.Keys.UserPattern(partition), PageLength], cancellationToken).ConfigureAwait(false);
                    cursor = (string)page.Values[2];
                    living = Add(living, await CountAsync((string[])page.Values[3], all, now, left, cancellationToken).ConfigureAwait(false));
                }
                while (cursor != "0");
            }
        }
        catch (TokenStoreUnavailableException)
        {
            return Add(living, s_uncounted);
        }

        return living;
    }

    private async Task<Killed> CountAsync(string[] keys, long all, DateTimeOffset now, TimeSpan left, CancellationToken cancellationToken)
    {
        var users = keys.Select(RedisKeys.TryUserOf).OfType<UserKey>().ToList();
        var counted = await calls.AskAsync(
            "HGETALL", left, database => Task.WhenAll(users.Select(user => CountAsync(database, user, all, now))), cancellationToken).ConfigureAwait(false);
        return counted.Aggregate(users.Count == keys.Length ? s_nobody : s_uncounted, Add);
    }

    /// <summary>One user, whose records may be of another type or of a version that this program does not know.</summary>
    private async Task<Killed> CountAsync(IDatabaseAsync database, UserKey user, long all, DateTimeOffset now)
    {
        var hash = database.HashGetAllAsync(steps.Keys.User(user));
        var tokens = database.HashGetAllAsync(steps.Keys.ApiTokens(user));
        try
        {
            await Task.WhenAll(hash, tokens).ConfigureAwait(false);
            var (sessions, apiTokens) = UserHash.CountLiving(await hash.ConfigureAwait(false), await tokens.ConfigureAwait(false), all, now);
            return new Killed(sessions, apiTokens, []);
        }
        catch (Exception failure) when (failure is RedisServerException or FormatException or ArgumentOutOfRangeException)
        {
            return s_uncounted;
        }
    }

    private static Killed Add(Killed left, Killed right)
        => new(left.Sessions + right.Sessions, left.ApiTokens + right.ApiTokens, []) { IsAtLeast = left.IsAtLeast || right.IsAtLeast };
}
