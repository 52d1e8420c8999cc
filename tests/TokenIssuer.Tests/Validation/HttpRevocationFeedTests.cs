using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TokenIssuer.AccessTokens;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Validation;

public sealed class HttpRevocationFeedTests
{
    private static readonly DateTimeOffset s_until = new(2026, 1, 1, 12, 20, 0, TimeSpan.Zero);
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Following_begins_with_a_snapshot_and_goes_on_with_entries()
    {
        await using var server = await FeedServer.StartAsync();
        var (first, second) = (Family("alice"), Family("bob"));
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();

        connection.Send("snapshot", FeedServer.Snapshot(FakeFeed.CursorAt(1), 250, first), FakeFeed.CursorAt(1));
        await move;
        var snapshot = pages.Current;
        connection.Send("revocation", FeedServer.Entry(second), FakeFeed.CursorAt(2));
        await pages.MoveNextAsync();
        var entry = pages.Current;

        Assert.Equal([first], snapshot.Entries);
        Assert.Equal((FakeFeed.CursorAt(1), TimeSpan.FromMilliseconds(250), FakeFeed.Retention, true), (snapshot.Cursor, snapshot.Age, snapshot.Retention, snapshot.IsSnapshot));
        Assert.Equal([second], entry.Entries);
        Assert.Equal((FakeFeed.CursorAt(2), FakeFeed.Retention, false), (entry.Cursor, entry.Retention, entry.IsSnapshot));
        Assert.Null(connection.LastEventId);
    }

    [Fact]
    public async Task The_client_authenticates_with_both_halves_form_encoded()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();

        var connection = await server.NextConnectionAsync();
        connection.Send("heartbeat", Heartbeat(0, 0));
        await move;

        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("notes%20api:sec%3Aret%25")), connection.Authorization);
    }

    [Fact]
    public async Task A_follower_says_where_it_was()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(FakeFeed.CursorAt(7), CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();

        var connection = await server.NextConnectionAsync();
        connection.Send("heartbeat", Heartbeat(7, 0));
        await move;

        Assert.Equal(FakeFeed.CursorAt(7).ToString(), connection.LastEventId);
    }

    [Fact]
    public async Task Between_heartbeats_the_issuers_age_grows_with_the_clock()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();
        connection.Send("heartbeat", Heartbeat(0, 400));
        await move;

        _clock.Advance(TimeSpan.FromSeconds(2));
        connection.Send("revocation", FeedServer.Entry(Family("alice")), FakeFeed.CursorAt(1));
        await pages.MoveNextAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(2400), pages.Current.Age);
    }

    [Fact]
    public async Task A_stream_that_is_silent_for_three_seconds_is_left()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();
        connection.Send("heartbeat", Heartbeat(0, 0));
        await move;

        _clock.Advance(TimeSpan.FromSeconds(2.9));
        connection.Send("heartbeat", Heartbeat(0, 0));
        Assert.True(await pages.MoveNextAsync());
        _clock.Advance(TimeSpan.FromSeconds(2.9));
        connection.Send("heartbeat", Heartbeat(0, 0));
        Assert.True(await pages.MoveNextAsync());
        var last = pages.MoveNextAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await last);
    }

    [Fact]
    public async Task An_event_that_nobody_knows_is_passed_over()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();

        connection.Send("greeting", "hello");
        connection.Send("heartbeat", Heartbeat(3, 0));
        await move;

        Assert.Equal(FakeFeed.CursorAt(3), pages.Current.Cursor);
    }

    [Theory]
    [InlineData("revocation", "{")]
    [InlineData("revocation", """{"id":"1","kind":"planet","until":1,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"family","sid":"short","until":1,"reason":"logout"}""")]
    [InlineData("snapshot", """{"cursor":"?","age_ms":0,"retention":1200,"revocations":[]}""")]
    [InlineData("snapshot", "null")]
    [InlineData("heartbeat", """{"age_ms":0}""")]
    public async Task What_cannot_be_read_is_never_skipped(string type, string data)
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();

        connection.Send(type, data, FakeFeed.CursorAt(1));

        await Assert.ThrowsAsync<FormatException>(async () => await move);
    }

    [Fact]
    public async Task An_ended_stream_is_a_failure_and_not_an_end()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();

        (await server.NextConnectionAsync()).End();

        await Assert.ThrowsAsync<IOException>(async () => await move);
    }

    [Fact]
    public async Task Refused_credentials_are_a_failure()
    {
        await using var server = await FeedServer.StartAsync();
        server.Status = HttpStatusCode.Unauthorized;
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();

        await Assert.ThrowsAsync<HttpRequestException>(async () => await pages.MoveNextAsync());
    }

    [Fact]
    public async Task A_strict_read_asks_for_what_came_since()
    {
        await using var server = await FeedServer.StartAsync();
        var entry = Family("alice");
        server.Json = FeedServer.Snapshot(FakeFeed.CursorAt(9), 0, entry);

        var page = await server.CreateFeed(_clock).ReadAsync(FakeFeed.CursorAt(8), null, CancellationToken.None);
        var connection = await server.NextConnectionAsync();

        Assert.Equal([entry], page.Entries);
        Assert.Equal($"?after={FakeFeed.CursorAt(8)}", connection.Query);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "{}")]
    [InlineData(HttpStatusCode.Unauthorized, "{}")]
    [InlineData(HttpStatusCode.OK, "not json")]
    [InlineData(HttpStatusCode.OK, """{"cursor":"?"}""")]
    public async Task A_strict_read_that_fails_says_that_the_store_is_unavailable(HttpStatusCode status, string json)
    {
        await using var server = await FeedServer.StartAsync();
        (server.Status, server.Json) = (status, json);

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(
            async () => await server.CreateFeed(_clock).ReadAsync(null, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_strict_read_does_not_wait_for_ever()
    {
        await using var server = await FeedServer.StartAsync();
        server.Stall = new TaskCompletionSource();
        var reading = server.CreateFeed(_clock).ReadAsync(null, null, CancellationToken.None);
        await server.NextConnectionAsync();

        _clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(async () => await reading);
    }

    [Fact]
    public async Task A_replica_that_lost_its_stream_goes_on_from_its_cursor()
    {
        await using var server = await FeedServer.StartAsync();
        var denylist = new Denylist(TimeProvider.System);
        var victim = new TokenIdentity(TestIssuer.NewSession("alice"), "jti", "kid", 5);
        using var follower = new RevocationFollower(server.CreateFeed(TimeProvider.System), denylist, TimeProvider.System, NullLogger<RevocationFollower>.Instance);
        await follower.StartAsync(CancellationToken.None);
        var first = await server.NextConnectionAsync();
        first.Send("snapshot", FeedServer.Snapshot(FakeFeed.CursorAt(4), 0), FakeFeed.CursorAt(4));
        first.End();

        var second = await server.NextConnectionAsync();
        using var watch = denylist.Watch(victim);
        var revoked = new TaskCompletionSource();
        watch.Revoked.Register(revoked.SetResult);
        second.Send("revocation", FeedServer.Entry(new RevocationEntry.Family(victim.Session, RevocationReason.Logout, DateTimeOffset.MaxValue)), FakeFeed.CursorAt(5));
        await revoked.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Null(first.LastEventId);
        Assert.Equal(FakeFeed.CursorAt(4).ToString(), second.LastEventId);
        Assert.Equal(Denial.Session, denylist.Check(victim));
        await follower.StopAsync(CancellationToken.None);
    }

    private static RevocationEntry.Family Family(string user) => new(TestIssuer.NewSession(user), RevocationReason.Logout, s_until);

    private static string Heartbeat(long position, long ageMs) => $$"""{"cursor":"{{FakeFeed.CursorAt(position)}}","age_ms":{{ageMs}}}""";
}
