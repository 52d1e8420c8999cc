using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;

namespace TokenIssuer.Redis;

/// <summary>
/// Counts the living families and API tokens of everybody. Only an administrator who kills everything asks for it: it walks every key of
/// every master, O(keys), without holding up anyone else.
/// </summary>
internal sealed class UserSweep(RedisConnection connection, RedisSteps steps, TimeProvider clock)
{
    private const int PageLength = 1000;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    /// <param name="all">The value of <c>all</c> to count under.</param>
    /// <param name="now">The time to count at.</param>
    /// <param name="cancellationToken">Stops counting.</param>
    public async Task<Killed> CountAsync(long all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (!connection.IsCluster)
            {
                return await CountAsync(connection.Database, all, now, cancellationToken).ConfigureAwait(false);
            }

            var living = new Killed(0, 0, []);
            foreach (var endpoint in connection.Multiplexer.GetEndPoints().Where(endpoint => !connection.Multiplexer.GetServer(endpoint).IsSlave))
            {
                // A scan goes to one node, so each is asked as if it stood alone.
                var options = connection.Settings.Options.Clone();
                options.EndPoints.Clear();
                options.EndPoints.Add(endpoint);
                options.CommandMap = CommandMap.Create(["CLUSTER"], available: false);
                using var node = await RedisConnection.OpenAsync(options, clock, cancellationToken).ConfigureAwait(false);
                living = Add(living, await CountAsync(node.GetDatabase(), all, now, cancellationToken).ConfigureAwait(false));
            }

            return living;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new TokenStoreUnavailableException($"The sessions in Redis could not be counted: {failure.Message}", failure);
        }
    }

    private async Task<Killed> CountAsync(IDatabaseAsync node, long all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var living = new Killed(0, 0, []);
        var cursor = "0";
        do
        {
            object[] arguments = [cursor, "MATCH", steps.Keys.UserPattern, "COUNT", PageLength];
            var page = (RedisResult[])await node.ExecuteAsync("SCAN", arguments).WaitAsync(s_deadline, clock, cancellationToken).ConfigureAwait(false);
            cursor = (string)page[0];
            var users = ((RedisKey[])page[1]).Select(key => RedisKeys.UserOf(key)).ToList();
            var hashes = Task.WhenAll(users.Select(user => node.HashGetAllAsync(steps.Keys.User(user))));
            var tokens = Task.WhenAll(users.Select(user => node.HashGetAllAsync(steps.Keys.ApiTokens(user))));
            await Task.WhenAll(hashes, tokens).WaitAsync(s_deadline, clock, cancellationToken).ConfigureAwait(false);
            foreach (var (hash, owned) in (await hashes.ConfigureAwait(false)).Zip(await tokens.ConfigureAwait(false)))
            {
                var (sessions, apiTokens) = UserHash.CountLiving(hash, owned, all, now);
                living = Add(living, new Killed(sessions, apiTokens, []));
            }
        }
        while (cursor != "0");
        return living;
    }

    private static Killed Add(Killed left, Killed right) => new(left.Sessions + right.Sessions, left.ApiTokens + right.ApiTokens, []);
}
