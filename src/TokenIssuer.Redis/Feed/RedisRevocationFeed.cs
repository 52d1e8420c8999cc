using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Feed;

/// <summary>The revocation log in Redis. A doorbell says that there is something to read; a read each second needs no doorbell.</summary>
internal sealed class RedisRevocationFeed(RedisConnection connection, LogPages pages, SourceAge source, LossAlarm alarm, TimeProvider clock) : IRevocationFeed
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public string Source => "redis";

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await connection.WaitAsync(s_patience, cancellationToken).ConfigureAwait(false);
        using var doorbell = new Doorbell(alarm, clock);
        var cursor = after;
        IReadOnlyList<int>? rung = null;
        while (true)
        {
            // Listen before reading: what is written between the two rings.
            await AttachAsync(doorbell, cancellationToken).ConfigureAwait(false);
            var startedAt = clock.GetTimestamp();
            var age = await source.MeasureAsync(s_interval, cancellationToken).ConfigureAwait(false);
            var (page, next) = cursor is null
                ? await pages.ReadSnapshotAsync(cancellationToken).ConfigureAwait(false)
                : await pages.ReadWholeAsync(cursor, cancellationToken).ConfigureAwait(false);
            cursor = next;
            yield return page with { Age = age };

            // Until the next read of everything, only the logs that ring.
            while ((rung = await doorbell.WaitAsync(s_interval - clock.GetElapsedTime(startedAt), cancellationToken).ConfigureAwait(false)) is not null)
            {
                var read = await pages.TryReadAsync(cursor, rung, age + clock.GetElapsedTime(startedAt), s_interval, cancellationToken).ConfigureAwait(false);
                if (read is null)
                {
                    break;
                }

                cursor = read.Value.Next;
                yield return read.Value.Page;
            }
        }
    }

    public async ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
    {
        var age = await source.RecallAsync(s_interval, cancellationToken).ConfigureAwait(false);
        if (after is null)
        {
            return (await pages.ReadSnapshotAsync(cancellationToken).ConfigureAwait(false)).Page with { Age = age };
        }

        if (user is null)
        {
            var (page, next) = await pages.ReadWholeAsync(after, cancellationToken).ConfigureAwait(false);
            return page with { Cursor = next, Age = age };
        }

        var keys = await pages.FindKeysAsync(cancellationToken).ConfigureAwait(false);
        var read = await pages.TryReadAsync(
            after, [keys.PartitionOf(user.Value), keys.Global], age, connection.Settings.Deadline, cancellationToken).ConfigureAwait(false);
        return read?.Page ?? throw new TokenStoreLossException("The log in Redis is not the one that was followed.");
    }

    private async Task AttachAsync(Doorbell doorbell, CancellationToken cancellationToken)
    {
        try
        {
            var keys = await pages.FindKeysAsync(cancellationToken).ConfigureAwait(false);
            await doorbell.AttachAsync(connection.Multiplexer, keys, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new TokenStoreUnavailableException("The doorbell of the revocation log can't be heard.", failure);
        }
    }
}
