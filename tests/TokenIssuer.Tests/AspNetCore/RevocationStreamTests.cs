using System.Net.ServerSentEvents;
using System.Text.Json;
using TokenIssuer.AspNetCore.Feed;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RevocationStreamTests : IDisposable
{
    private const string Store = "AAAAAAAAAAAAAAAAAAAAAA";

    private readonly ManualClock _clock = new();
    private readonly FeedSubscription _subscription = new(_ => { });

    public void Dispose() => _subscription.Dispose();

    [Fact]
    public async Task A_heartbeat_is_as_old_as_the_last_page()
    {
        await using var stream = Read(null, Page(1, 7));
        await NextAsync(stream);
        _clock.Advance(TimeSpan.FromSeconds(3));
        _subscription.Offer(new FeedMessage.Beat());

        var old = await NextAsync(stream);
        _subscription.Offer(new FeedMessage.Page(Page(1, 7), _clock.GetTimestamp()));
        _subscription.Offer(new FeedMessage.Beat());
        var fresh = await NextAsync(stream);

        Assert.Equal((3000, 0), (AgeOf(old), AgeOf(fresh)));
    }

    [Fact]
    public async Task Ages_add()
    {
        await using var stream = Read(null, Page(1, 7) with { Age = TimeSpan.FromSeconds(2) });
        await NextAsync(stream);
        _clock.Advance(TimeSpan.FromSeconds(3));
        _subscription.Offer(new FeedMessage.Beat());

        var beat = await NextAsync(stream);

        Assert.Equal(5000, AgeOf(beat));
    }

    [Fact]
    public async Task What_the_start_held_already_is_not_sent_again()
    {
        await using var stream = Read(null, Page(1, 7, Entry(), Entry()));
        await NextAsync(stream);
        _subscription.Offer(new FeedMessage.Page(Page(1, 6, Entry()), 0));
        _subscription.Offer(new FeedMessage.Page(Page(1, 7, Entry()), 0));
        _subscription.Offer(new FeedMessage.Page(Page(1, 8, Entry()), 0));

        var next = await NextAsync(stream);

        Assert.Equal(("revocation", $"{Store}.1.8"), (next.EventType, next.EventId));
    }

    [Fact]
    public async Task Another_epoch_is_told_by_a_snapshot()
    {
        await using var stream = Read(null, Page(1, 7));
        await NextAsync(stream);
        _subscription.Offer(new FeedMessage.Page(Page(2, 3, Entry()), 0));

        var next = await NextAsync(stream);

        Assert.Equal(("snapshot", $"{Store}.2.3"), (next.EventType, next.EventId));
    }

    [Fact]
    public async Task Whoever_does_not_keep_up_is_cut_off()
    {
        var closed = 0;
        var subscription = new FeedSubscription(_ => closed++);
        for (var i = 0; i < FeedSubscription.Capacity; i++)
        {
            subscription.Offer(new FeedMessage.Beat());
        }

        var before = subscription.Overflow.IsCancellationRequested;
        subscription.Offer(new FeedMessage.Beat());
        await WaitForAsync(subscription.Overflow);

        Assert.False(before);
        Assert.Equal(1, closed);
    }

    private static async Task WaitForAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource();
        await using var registration = token.Register(fired.SetResult);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private IAsyncEnumerator<SseItem<string>> Read(LogCursor? after, RevocationPage start)
        => new RevocationStream(new Denylist(_clock), _clock)
            .ReadAsync(after, start, _subscription, follower: null, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> stream)
    {
        Assert.True(await stream.MoveNextAsync());
        return stream.Current;
    }

    private static RevocationPage Page(long epoch, long position, params RevocationEntry[] entries) => new(
        entries, new LogCursor(Store, epoch, [new LogPosition(position)]), TimeSpan.Zero, TimeSpan.FromMinutes(20), IsSnapshot: false);

    private static RevocationEntry.Family Entry() => new(
        new SessionId(new UserKey(1), FamilyId.New()), RevocationReason.Logout, DateTimeOffset.UnixEpoch);

    private static long AgeOf(SseItem<string> beat) => JsonDocument.Parse(beat.Data).RootElement.GetProperty("age_ms").GetInt64();
}
