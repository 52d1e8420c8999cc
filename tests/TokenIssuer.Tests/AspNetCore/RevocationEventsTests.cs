using System.Net;
using System.Text.Json;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RevocationEventsTests
{
    private static readonly (string Name, string Value) s_client = Calls.Basic(IssuerHost.FeedClient, IssuerHost.FeedSecret);

    [Fact]
    public async Task A_follower_gets_a_snapshot_and_then_each_revocation_as_it_comes()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        await using var events = await EventReader.OpenAsync(host, s_client);
        var snapshot = await events.NextAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));
        await host.UntilFollowedAsync();

        var revocation = await events.NextNewsAsync();

        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("snapshot", snapshot?.EventType);
        Assert.Equal(Json(snapshot?.Data).GetProperty("cursor").GetString(), snapshot?.EventId);
        Assert.Equal("revocation", revocation?.EventType);
        Assert.Equal(login.SessionId, Json(revocation?.Data).GetProperty("sid").GetString());
        Assert.NotEqual(snapshot?.EventId, revocation?.EventId);
    }

    [Fact]
    public async Task A_heartbeat_tells_cursor_and_age()
    {
        await using var host = await IssuerHost.StartAsync();
        await using var events = await EventReader.OpenAsync(host, s_client);
        var snapshot = await events.NextAsync();

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var beat = await events.NextAsync();

        Assert.Equal(("heartbeat", snapshot?.EventId), (beat?.EventType, beat?.EventId));
        Assert.Equal(snapshot?.EventId, Json(beat?.Data).GetProperty("cursor").GetString());
        Assert.InRange(Json(beat?.Data).GetProperty("age_ms").GetInt64(), 0, 1000);
    }

    [Fact]
    public async Task Whoever_comes_back_gets_what_it_missed_and_nothing_twice()
    {
        await using var host = await IssuerHost.StartAsync();
        var (first, second, third) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        string cursor;
        await using (var events = await EventReader.OpenAsync(host, s_client))
        {
            await events.NextAsync();
            await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(first.RefreshToken));
            await host.UntilFollowedAsync();
            cursor = (await events.NextNewsAsync())?.EventId ?? string.Empty;
        }

        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(second.RefreshToken));
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(third.RefreshToken));
        await using var resumed = await EventReader.OpenAsync(host, s_client, ("Last-Event-ID", cursor));

        var missed = new[] { await resumed.NextAsync(), await resumed.NextAsync() };
        var then = await resumed.NextAsync();

        Assert.Equal([second.SessionId, third.SessionId], missed.Select(item => Json(item?.Data).GetProperty("sid").GetString()));
        Assert.Equal("heartbeat", then?.EventType);
    }

    [Fact]
    public async Task Whoever_breaks_off_among_several_entries_gets_all_of_them_again()
    {
        await using var host = await IssuerHost.StartAsync();
        var (first, second) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        string cursor;
        await using (var events = await EventReader.OpenAsync(host, s_client))
        {
            cursor = (await events.NextAsync())?.EventId ?? string.Empty;
        }

        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(first.RefreshToken));
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(second.RefreshToken));
        string brokenOff;
        await using (var events = await EventReader.OpenAsync(host, s_client, ("Last-Event-ID", cursor)))
        {
            brokenOff = (await events.NextAsync())?.EventId ?? string.Empty;
        }

        await using var again = await EventReader.OpenAsync(host, s_client, ("Last-Event-ID", brokenOff));
        var items = new[] { await again.NextAsync(), await again.NextAsync() };

        Assert.Equal([first.SessionId, second.SessionId], items.Select(item => Json(item?.Data).GetProperty("sid").GetString()));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA.1.0")]
    public async Task An_unknown_cursor_gets_a_snapshot(string cursor)
    {
        await using var host = await IssuerHost.StartAsync();

        await using var events = await EventReader.OpenAsync(host, s_client, ("Last-Event-ID", cursor));

        Assert.Equal("snapshot", (await events.NextAsync())?.EventType);
    }

    [Fact]
    public async Task A_stream_opened_by_a_bearer_ends_after_the_entry_that_kills_it_was_sent()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Scopes.Add("revocations:read") });
        var login = await host.LogInForBodyAsync();
        await using var events = await EventReader.OpenAsync(host, Calls.Bearer(login.AccessToken));
        await events.NextAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));
        await host.UntilFollowedAsync();

        var killed = await events.NextNewsAsync();
        var end = await events.NextAsync();

        Assert.Equal(login.SessionId, Json(killed?.Data).GetProperty("sid").GetString());
        Assert.Null(end);
    }

    [Fact]
    public async Task A_stream_outlives_the_token_that_opened_it_when_that_only_expires()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Options = options =>
            {
                options.Scopes.Add("revocations:read");
                options.AccessTokenLifetime = TimeSpan.FromSeconds(1);
            },
        });
        var (login, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        await using var events = await EventReader.OpenAsync(host, Calls.Bearer(login.AccessToken));
        await events.NextAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(15));
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(other.RefreshToken));
        await host.UntilFollowedAsync();

        var news = await events.NextNewsAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal(other.SessionId, Json(news?.Data).GetProperty("sid").GetString());
    }

    [Fact]
    public async Task The_host_stops_without_waiting_for_its_followers()
    {
        var host = await IssuerHost.StartAsync();
        await using var events = await EventReader.OpenAsync(host, s_client);
        await events.NextAsync();

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static JsonElement Json(string? data) => JsonDocument.Parse(data ?? "{}").RootElement;
}
