using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation;

/// <summary>The issuer's own endpoints: keys of the process, and the log asked every time.</summary>
public sealed class LocalBearerTests
{
    [Fact]
    public async Task A_kill_in_the_log_holds_before_the_replica_has_followed()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = issuer.Keys.Mint(session: session);
        var before = await issuer.StatusOfAsync(token);

        issuer.Feed.Append(new RevocationEntry.Family(session, RevocationReason.Logout, issuer.Clock.Now + TimeSpan.FromMinutes(20)));
        var after = await issuer.StatusOfAsync(token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before, after));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_a_failure_of_ours()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Feed.Failure = new TokenStoreUnavailableException();

        var status = await issuer.StatusOfAsync(issuer.Keys.Mint());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
    }

    [Fact]
    public async Task An_expired_token_can_be_read_to_sign_out_with()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = issuer.Keys.Mint(session: session);
        issuer.Clock.Advance(TimeSpan.FromHours(1));
        var reader = issuer.Services.GetRequiredService<AccessTokenReader>();

        var status = await issuer.StatusOfAsync(token);
        var read = await reader.ReadIgnoringLifetimeAsync(token, CancellationToken.None);
        var forged = await reader.ReadIgnoringLifetimeAsync(token[..^10] + "AAAAAAAAAA", CancellationToken.None);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal(session, read?.Identity.Session);
        Assert.Null(forged);
    }

    [Fact]
    public async Task A_retired_key_is_refused_at_once()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var token = issuer.Keys.Mint();
        var before = await issuer.StatusOfAsync(token);

        issuer.Keys.Ring.TryRetire(issuer.Keys.Ring.Current.KeyId);
        var after = await issuer.StatusOfAsync(token);
        var fresh = await issuer.StatusOfAsync(issuer.Keys.Mint());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (before, after, fresh));
    }

    [Fact]
    public async Task Two_keys_that_another_issuer_retires_at_once_lose_nobody_a_token()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var other = issuer.Keys.StartAnother();
        var before = await issuer.StatusOfAsync(other.Mint());

        RetireTheSigningKey(other);
        RetireTheSigningKey(other);
        var newest = other.Mint();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => issuer.StatusOfAsync(newest)));

        Assert.Equal(HttpStatusCode.OK, before);
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Invented_keys_have_the_folder_read_ten_times_a_second_at_most()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var other = issuer.Keys.StartAnother();
        var (header, payload) = (issuer.Keys.Header(), issuer.Keys.Payload());
        header["kid"] = "invented";
        var invented = issuer.Keys.Sign(header, payload);

        var refused = await issuer.StatusOfAsync(invented);
        RetireTheSigningKey(other);
        RetireTheSigningKey(other);
        var newest = other.Mint();
        var soon = await issuer.StatusOfAsync(newest);
        issuer.Clock.Advance(TimeSpan.FromMilliseconds(100));
        var due = await issuer.StatusOfAsync(newest);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused, soon, due));
    }

    [Fact]
    public async Task A_key_that_cannot_be_looked_for_is_a_failure_of_ours()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        var other = issuer.Keys.StartAnother();
        var known = issuer.Keys.Mint();
        RetireTheSigningKey(other);
        RetireTheSigningKey(other);
        var newest = other.Mint();
        other.SpoilFolder();

        var unknown = await issuer.StatusOfAsync(newest);
        var still = await issuer.StatusOfAsync(known);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (unknown, still));
    }

    private static void RetireTheSigningKey(TestIssuer issuer)
        => Assert.Equal(KeyRetirement.Retired, issuer.Ring.TryRetire(issuer.Ring.Current.KeyId));

    private sealed class LocalIssuer(WebApplication app, TestIssuer keys, FakeFeed feed, ManualClock clock) : IAsyncDisposable
    {
        public TestIssuer Keys => keys;

        public FakeFeed Feed => feed;

        public ManualClock Clock => clock;

        public IServiceProvider Services => app.Services;

        public static async Task<LocalIssuer> StartAsync()
        {
            var clock = new ManualClock();
            var keys = new TestIssuer(clock);
            var feed = new FakeFeed();
            var builder = WebApplication.CreateBuilder();
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(keys.Options));
            builder.Services.AddSingleton(keys.Ring);
            builder.Services.AddSingleton<Denylist>();
            builder.Services.AddSingleton<IRevocationFeed>(feed);
            builder.Services.AddAuthentication().AddLocalTokenIssuerBearer();
            builder.Services.AddAuthorization();
            var app = builder.Build();
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/me", () => "me").RequireAuthorization();
            await app.StartAsync();
            app.Services.GetRequiredService<Denylist>().Merge(FakeFeed.Heartbeat());
            return new LocalIssuer(app, keys, feed, clock);
        }

        public async Task<HttpStatusCode> StatusOfAsync(string token)
        {
            using var client = app.GetTestClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await client.GetAsync("/me");
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            keys.Dispose();
        }
    }
}
