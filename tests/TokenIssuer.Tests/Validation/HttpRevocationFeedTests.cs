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
    [InlineData("heartbeat", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":-1}""")]
    [InlineData("heartbeat", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":9223372036854775807}""")]
    [InlineData("heartbeat", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":1e400}""")]
    [InlineData("heartbeat", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.99999999999999999999","age_ms":0}""")]
    [InlineData("snapshot", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":0,"retention":-1,"revocations":[]}""")]
    [InlineData("snapshot", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":0,"retention":9223372036854775807,"revocations":[]}""")]
    [InlineData("snapshot", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":0,"retention":31622400000,"revocations":[]}""")]
    [InlineData("snapshot", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.1.0","age_ms":0,"retention":1200,"revocations":[null]}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":0,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":-1,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":253402300800,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":9223372036854775807,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":1e400,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"key","kid":"k","until":1.5,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"all","min_gen":1e400,"until":1767270000,"reason":"logout"}""")]
    [InlineData("revocation", """{"id":"1","kind":"user","user":"a","user_key":"short","min_gen":1,"floor":1,"api_floor":1,"until":1767270000,"reason":"logout"}""")]
    [InlineData("revocation", "{\"id\":\"1\",\"kind\":\"key\",\"kid\":\"\\uD800\",\"until\":1767270000,\"reason\":\"logout\"}")]
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
    public async Task A_strict_read_in_a_character_set_that_does_not_exist_says_that_the_store_is_unavailable()
    {
        await using var server = await FeedServer.StartAsync();
        server.Json = FeedServer.Snapshot(FakeFeed.CursorAt(9), 0);
        var control = await server.CreateFeed(_clock).ReadAsync(null, null, CancellationToken.None);
        server.JsonType = "application/json; charset=klingon";

        var reading = server.CreateFeed(_clock).ReadAsync(null, null, CancellationToken.None);

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(async () => await reading);
        Assert.Equal(FakeFeed.CursorAt(9), control.Cursor);
    }

    /// <summary>What is kept for longer than anything could live is cut to what the log keeps; nothing overflows on the way.</summary>
    [Fact]
    public async Task The_largest_numbers_of_the_contract_are_merged()
    {
        await using var server = await FeedServer.StartAsync();
        await using var pages = server.CreateFeed(_clock).FollowAsync(null, CancellationToken.None).GetAsyncEnumerator();
        var move = pages.MoveNextAsync();
        var connection = await server.NextConnectionAsync();
        var denylist = new Denylist(_clock);
        connection.Send("snapshot", """{"cursor":"AAAAAAAAAAAAAAAAAAAAAA.9223372036854775807.9223372036854775807-9223372036854775807","age_ms":31622400000,"retention":94867200,"revocations":[{"id":"1","kind":"key","kid":"k","until":253402300799,"reason":"logout"},{"id":"2","kind":"all","min_gen":9223372036854775807,"until":253402300799,"reason":"logout"}]}""");
        await move;

        denylist.Merge(pages.Current);

        var token = new TokenIdentity(TestIssuer.NewSession("alice"), "jti", "kid", 5);
        Assert.Equal((true, Denial.User), (denylist.ListsKey("k"), denylist.Check(token)));
        Assert.Equal(TimeSpan.FromDays(366), denylist.Age);
        Assert.All(denylist.Held(), entry => Assert.True(entry.Until <= _clock.Now + TimeSpan.FromDays(3 * 366) + TimeSpan.FromMinutes(2)));
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
