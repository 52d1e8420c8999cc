using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.Validation;

public sealed class StalenessTests
{
    [Fact]
    public async Task Before_the_first_snapshot_nobody_is_let_in_and_nobody_is_turned_away()
    {
        await using var api = await TestApi.StartAsync(replica: ReplicaState.Empty);
        var token = api.Issuer.Mint();

        using var before = await api.GetAsync("/me", token);
        api.Denylist.Merge(FakeFeed.Heartbeat());
        using var after = await api.GetAsync("/me", token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), before.Headers.RetryAfter?.Delta);
        Assert.Empty(before.Headers.WwwAuthenticate);
        Assert.Contains("\"code\":\"revocations_stale\"", await before.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData(29, HttpStatusCode.OK)]
    [InlineData(31, HttpStatusCode.ServiceUnavailable)]
    public async Task A_replica_refuses_to_guess_past_the_bound(int seconds, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        api.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var status = await api.StatusOfAsync(token);

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("/reject", 31, HttpStatusCode.ServiceUnavailable)]
    [InlineData("/serve-stale", 31, HttpStatusCode.OK)]
    [InlineData("/serve-stale", 61, HttpStatusCode.ServiceUnavailable)]
    [InlineData("/any-age", 250, HttpStatusCode.OK)]
    [InlineData("/me", 31, HttpStatusCode.OK)]
    [InlineData("/me", 46, HttpStatusCode.ServiceUnavailable)]
    public async Task An_endpoint_may_choose_another_policy(string path, int seconds, HttpStatusCode expected)
    {
        await using var api = await StartWithPoliciesAsync(ReplicaState.Fresh);
        var session = TestIssuer.NewSession("mallory");
        var (token, revoked) = (api.Issuer.Mint(), api.Issuer.Mint("mallory", session));
        api.LearnThatSessionEnded(session);
        api.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var status = await api.StatusOfAsync(token, path);
        var known = await api.StatusOfAsync(revoked, path);

        Assert.Equal((expected, HttpStatusCode.Unauthorized), (status, known));
    }

    [Theory]
    [InlineData("/reject", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/serve-stale", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/any-age", HttpStatusCode.OK)]
    public async Task Only_the_open_policy_does_without_any_replica(string path, HttpStatusCode expected)
    {
        await using var api = await StartWithPoliciesAsync(ReplicaState.Empty);

        var status = await api.StatusOfAsync(api.Issuer.Mint(), path);

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task The_health_check_tells_the_state_of_the_replica()
    {
        await using var api = await TestApi.StartAsync(
            services: services => services.AddHealthChecks().AddCheck<RevocationFeedHealthCheck>("revocations"),
            map: app => app.MapHealthChecks("/health/ready"),
            replica: ReplicaState.Empty);

        using var before = await api.GetAsync("/health/ready");
        api.Denylist.Merge(FakeFeed.Heartbeat());
        using var fresh = await api.GetAsync("/health/ready");
        api.Clock.Advance(TimeSpan.FromSeconds(31));
        using var stale = await api.GetAsync("/health/ready");

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
            (before.StatusCode, fresh.StatusCode, stale.StatusCode));
    }

    [Theory]
    [InlineData(null, "/me", HttpStatusCode.OK, "Degraded")]
    [InlineData(null, "/reject", HttpStatusCode.ServiceUnavailable, "Degraded")]
    [InlineData(31, "/me", HttpStatusCode.OK, "Degraded")]
    public async Task Open_as_the_general_policy_accepts_whatever_the_replica_and_health_calls_it_degraded(int? age, string path, HttpStatusCode expected, string health)
    {
        await using var api = await TestApi.StartAsync(
            options => options.Staleness = StalenessPolicy.Open,
            services => services.AddHealthChecks().AddCheck<RevocationFeedHealthCheck>("revocations"),
            app =>
            {
                app.MapHealthChecks("/health/ready");
                app.MapGet("/reject", () => "x").RequireAuthorization().WithStaleness(StalenessPolicy.Reject);
            },
            age is null ? ReplicaState.Empty : ReplicaState.Fresh);
        api.Clock.Advance(TimeSpan.FromSeconds(age ?? 0));

        var status = await api.StatusOfAsync(api.Issuer.Mint(), path);
        using var ready = await api.GetAsync("/health/ready");

        Assert.Equal(expected, status);
        Assert.Equal((HttpStatusCode.OK, health), (ready.StatusCode, await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(29, "Healthy")]
    [InlineData(31, "Degraded")]
    [InlineData(46, "Unhealthy")]
    public async Task Serving_stale_is_degraded_until_it_is_too_old_for_that(int age, string health)
    {
        await using var api = await TestApi.StartAsync(
            options => options.Staleness = StalenessPolicy.ServeStale(TimeSpan.FromSeconds(45)),
            services => services.AddHealthChecks().AddCheck<RevocationFeedHealthCheck>("revocations"),
            app => app.MapHealthChecks("/health/ready"));
        api.Clock.Advance(TimeSpan.FromSeconds(age));

        var status = await api.StatusOfAsync(api.Issuer.Mint());
        using var ready = await api.GetAsync("/health/ready");

        Assert.Equal(health == "Unhealthy" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, status);
        Assert.Equal(health, await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Metrics_tell_the_state_of_the_replica_and_what_was_accepted_by_policy()
    {
        await using var api = await TestApi.StartAsync(options => options.Staleness = StalenessPolicy.ServeStale(TimeSpan.FromSeconds(45)));
        api.LearnThatSessionEnded(TestIssuer.NewSession("mallory"));
        var token = api.Issuer.Mint();
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        var meter = api.Services.GetRequiredService<IMeterFactory>().Create("TokenIssuer.Validation");
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.Start();

        await api.StatusOfAsync(token);
        listener.RecordObservableInstruments();
        var fresh = new Dictionary<string, double>(seen);
        api.Clock.Advance(TimeSpan.FromSeconds(40));
        await api.StatusOfAsync(token);
        listener.RecordObservableInstruments();

        Assert.Equal((0d, 0d, 1d), (fresh["tokenissuer.feed.age"], fresh["tokenissuer.feed.stale"], fresh["tokenissuer.denylist.entries"]));
        Assert.DoesNotContain("tokenissuer.validation.served_stale serve-stale", fresh.Keys);
        Assert.Equal((40d, 1d, 1d), (seen["tokenissuer.feed.age"], seen["tokenissuer.feed.stale"], seen["tokenissuer.validation.served_stale serve-stale"]));
    }

    [Fact]
    public async Task The_age_of_the_issuers_own_view_counts()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();

        api.Denylist.Merge(FakeFeed.Heartbeat(TimeSpan.FromSeconds(31)));
        var stale = await api.StatusOfAsync(token);
        api.Denylist.Merge(FakeFeed.Heartbeat(TimeSpan.FromSeconds(1)));
        var fresh = await api.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (stale, fresh));
    }

    [Fact]
    public async Task What_a_stale_replica_knows_it_still_refuses()
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        api.LearnThatSessionEnded(session);
        api.Clock.Advance(TimeSpan.FromSeconds(60));

        var status = await api.StatusOfAsync(api.Issuer.Mint(session: session));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Anonymous_endpoints_work_with_a_stale_replica()
    {
        await using var api = await TestApi.StartAsync(replica: ReplicaState.Empty);

        using var plain = await api.GetAsync("/open");
        using var withToken = await api.GetAsync("/open", api.Issuer.Mint());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (plain.StatusCode, withToken.StatusCode));
    }

    [Fact]
    public async Task A_strict_endpoint_knows_what_the_replica_does_not()
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = api.Issuer.Mint(session: session);
        var control = await api.StatusOfAsync(token, "/strict");
        api.Feed.Append(new RevocationEntry.Family(session, RevocationReason.Logout, api.Clock.Now + TimeSpan.FromMinutes(20)));

        var replica = await api.StatusOfAsync(token);
        var strict = await api.StatusOfAsync(token, "/strict");

        Assert.Equal(HttpStatusCode.OK, control);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (replica, strict));
        Assert.Equal(FakeFeed.CursorAt(0), api.Denylist.Cursor);
    }

    [Fact]
    public async Task A_strict_endpoint_answers_503_when_the_log_cannot_be_read()
    {
        await using var api = await TestApi.StartAsync();
        api.Feed.Failure = new TokenStoreUnavailableException();

        using var strict = await api.GetAsync("/strict", api.Issuer.Mint());
        var replica = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (strict.StatusCode, replica));
        Assert.NotNull(strict.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_strict_endpoint_answers_503_when_the_log_that_is_read_is_cut_off_from_its_source_and_heeds_what_it_says()
    {
        await using var api = await TestApi.StartAsync();
        var (session, other) = (TestIssuer.NewSession("alice"), TestIssuer.NewSession("alice"));
        var (revoked, token) = (api.Issuer.Mint(session: session), api.Issuer.Mint(session: other));
        api.Feed.Append(new RevocationEntry.Family(session, RevocationReason.Logout, api.Clock.Now + TimeSpan.FromMinutes(20)));

        api.Feed.Age = TimeSpan.FromSeconds(12);
        var fresh = await api.StatusOfAsync(token, "/strict");
        api.Feed.Age = TimeSpan.FromSeconds(13);
        var cutOff = await api.StatusOfAsync(token, "/strict");
        await api.StatusOfAsync(revoked, "/strict");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (fresh, cutOff));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusOfAsync(revoked, "/strict"));
    }

    private static Task<TestApi> StartWithPoliciesAsync(ReplicaState replica) => TestApi.StartAsync(
        options => options.Staleness = StalenessPolicy.ServeStale(TimeSpan.FromSeconds(45)),
        map: app =>
        {
            app.MapGet("/reject", () => "x").RequireAuthorization().WithStaleness(StalenessPolicy.Reject);
            app.MapGet("/serve-stale", () => "x").RequireAuthorization().WithStaleness(StalenessPolicy.ServeStale(TimeSpan.FromMinutes(1)));
            app.MapGet("/any-age", () => "x").RequireAuthorization().WithStaleness(StalenessPolicy.Open);
        },
        replica: replica);
}
