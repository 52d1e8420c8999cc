using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TokenIssuer.AccessTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.AspNetCore.Feed;

/// <summary>
/// One follower's stream of events: a snapshot or what came since its cursor, then every entry as it comes, and a heartbeat
/// each second. The <c>id</c> of an event is the cursor up to which the follower has everything once it has read the event.
/// </summary>
internal sealed class RevocationStream(Denylist denylist, TimeProvider clock)
{
    private const string Snapshot = "snapshot";
    private const string Revocation = "revocation";
    private const string Heartbeat = "heartbeat";

    /// <param name="after">What the follower has; null when it has nothing.</param>
    /// <param name="start">What came since, read from the store after the subscription was made, so that nothing falls between both.</param>
    /// <param name="subscription">What the issuer's own replica follows.</param>
    /// <param name="follower">
    /// The token that opened the stream; null for a client that authenticated itself. Once the entry that kills it was sent, the
    /// stream ends; or a second after its death was known, if no page brings the entry.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        LogCursor? after,
        RevocationPage start,
        FeedSubscription subscription,
        TokenIdentity? follower,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sent = start.Cursor;
        var seen = new FeedMessage.Page(start, clock.GetTimestamp());
        foreach (var item in after is null || start.IsSnapshot ? [SnapshotOf(seen)] : EntriesOf(start, after).Append(HeartbeatOf(seen)))
        {
            yield return item;
        }

        if (Kills(start, follower))
        {
            yield break;
        }

        var wasDead = false;
        await foreach (var message in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (message is not FeedMessage.Page { Content: var content } page)
            {
                yield return HeartbeatOf(seen with { Content = seen.Content with { Cursor = sent } });
                var isDead = follower is not null && denylist.Check(follower) != Denial.None;
                if (wasDead && isDead)
                {
                    yield break;
                }

                wasDead = isDead;
                continue;
            }

            seen = page;
            if (content.Cursor.IsWithin(sent))
            {
                continue;
            }

            // Another store or epoch: the entries before it are not the ones the follower has.
            foreach (var item in content.IsSnapshot || !sent.IsSameLog(content.Cursor) ? [SnapshotOf(page)] : EntriesOf(content, sent))
            {
                yield return item;
            }

            sent = content.Cursor;
            if (Kills(content, follower))
            {
                yield break;
            }
        }
    }

    /// <summary>Judged by the page alone: the issuer's own replica may know of a kill whose entry is still to be sent.</summary>
    private bool Kills(RevocationPage page, TokenIdentity? follower)
    {
        if (follower is null || page.Entries.Count == 0)
        {
            return false;
        }

        var told = new Denylist(clock);
        told.Merge(page.Entries, page.Retention);
        return told.Check(follower) != Denial.None;
    }

    /// <summary>All but the last entry bear the cursor from before the page: whoever breaks off among them gets all again.</summary>
    private static IEnumerable<SseItem<string>> EntriesOf(RevocationPage page, LogCursor before)
    {
        for (var i = 0; i < page.Entries.Count; i++)
        {
            var data = JsonSerializer.Serialize(RevocationItem.Of(page.Entries[i]), RevocationJson.Default.RevocationItem);
            var cursor = i == page.Entries.Count - 1 ? page.Cursor : before;
            yield return new SseItem<string>(data, Revocation) { EventId = cursor.ToString() };
        }
    }

    private SseItem<string> SnapshotOf(FeedMessage.Page page) => new(
        JsonSerializer.Serialize(RevocationDocument.Of(page.Content, AgeOf(page)), RevocationJson.Default.RevocationDocument), Snapshot)
    {
        EventId = page.Content.Cursor.ToString(),
    };

    private SseItem<string> HeartbeatOf(FeedMessage.Page page)
    {
        var cursor = page.Content.Cursor.ToString();
        var beat = new RevocationDocument(cursor, (long)AgeOf(page).TotalMilliseconds, (long)page.Content.Retention.TotalSeconds, null);
        return new SseItem<string>(JsonSerializer.Serialize(beat, RevocationJson.Default.RevocationDocument), Heartbeat) { EventId = cursor };
    }

    private TimeSpan AgeOf(FeedMessage.Page page) => page.Content.Age + clock.GetElapsedTime(page.SeenAt);
}
