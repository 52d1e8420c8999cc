using System.Net.ServerSentEvents;
using System.Text.Json;
using TokenIssuer.AccessTokens;
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
    private readonly Denylist _denylist;

    public RevocationStreamTests() => _denylist = new Denylist(_clock);

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
    public async Task The_kill_of_the_bearer_in_the_first_page_is_sent_and_ends_the_stream()
    {
        var (kill, other) = (Entry(), Entry());
        await using var killed = Read(null, Page(1, 7, kill, other), IdentityOf(kill));
        await using var resumed = Read(Page(1, 5).Cursor, Page(1, 7, kill, other), IdentityOf(kill));
        await using var living = Read(null, Page(1, 7, kill, other), IdentityOf(Entry()));
        _subscription.Offer(new FeedMessage.Beat());

        Assert.Equal("snapshot", (await NextAsync(killed)).EventType);
        Assert.False(await killed.MoveNextAsync());
        Assert.Equal(["revocation", "revocation", "heartbeat"], new[] { await NextAsync(resumed), await NextAsync(resumed), await NextAsync(resumed) }.Select(item => item.EventType));
        Assert.False(await resumed.MoveNextAsync());
        Assert.Equal(["snapshot", "heartbeat"], new[] { await NextAsync(living), await NextAsync(living) }.Select(item => item.EventType));
    }

    [Fact]
    public async Task A_kill_of_the_bearer_that_is_in_no_page_ends_the_stream_with_the_second_heartbeat()
    {
        var kill = Entry();
        _denylist.Merge([kill with { Until = _clock.Now + TimeSpan.FromMinutes(20) }], TimeSpan.FromMinutes(20));
        await using var stream = Read(null, Page(1, 7), IdentityOf(kill));
        _subscription.Offer(new FeedMessage.Beat());
        _subscription.Offer(new FeedMessage.Beat());
        _subscription.Offer(new FeedMessage.Beat());

        Assert.Equal(["snapshot", "heartbeat", "heartbeat"], new[] { await NextAsync(stream), await NextAsync(stream), await NextAsync(stream) }.Select(item => item.EventType));
        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task A_kill_that_the_issuer_knows_before_it_is_in_the_log_is_sent_before_the_stream_ends()
    {
        var kill = Entry();
        await using var stream = Read(null, Page(1, 7), IdentityOf(kill));
        await NextAsync(stream);
        _denylist.Merge([kill with { Until = _clock.Now + TimeSpan.FromMinutes(20) }], TimeSpan.FromMinutes(20));
        _subscription.Offer(new FeedMessage.Page(Page(1, 8, Entry()), 0));
        _subscription.Offer(new FeedMessage.Beat());
        _subscription.Offer(new FeedMessage.Page(Page(1, 9, kill), 0));

        Assert.Equal(["revocation", "heartbeat", "revocation"], new[] { await NextAsync(stream), await NextAsync(stream), await NextAsync(stream) }.Select(item => item.EventType));
        Assert.False(await stream.MoveNextAsync());
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

    private IAsyncEnumerator<SseItem<string>> Read(LogCursor? after, RevocationPage start, TokenIdentity? follower = null)
        => new RevocationStream(_denylist, _clock)
            .ReadAsync(after, start, _subscription, follower, TestContext.Current.CancellationToken)
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

    private static TokenIdentity IdentityOf(RevocationEntry.Family entry) => new(entry.Session, "jti", "kid", Generation: 1);

    private static long AgeOf(SseItem<string> beat) => JsonDocument.Parse(beat.Data).RootElement.GetProperty("age_ms").GetInt64();
}
