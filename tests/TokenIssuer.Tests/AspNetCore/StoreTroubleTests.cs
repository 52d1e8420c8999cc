using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class StoreTroubleTests
{
    [Fact]
    public async Task A_refresh_is_503_and_the_same_token_works_afterwards()
    {
        await using var host = await StartAsync();
        var login = await host.LogInAsync();
        var store = host.Get<FaultyStore>();

        store.IsDown = true;
        var failed = await host.RefreshByCookieAsync(login.CookieToken);
        store.IsDown = false;
        var answered = await host.RefreshByCookieAsync(login.CookieToken);

        AssertUnavailable(failed);
        Assert.Equal("""{"error":"temporarily_unavailable","error_description":"The request cannot be answered at the moment: try again."}""", failed.Body);
        Assert.Equal(HttpStatusCode.OK, answered.Status);
    }

    [Fact]
    public async Task A_logout_that_was_not_stored_is_503_and_keeps_the_cookie()
    {
        await using var host = await StartAsync();
        var login = await host.LogInAsync();
        var store = host.Get<FaultyStore>();

        store.IsDown = true;
        var failed = await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);
        store.IsDown = false;
        var answered = await host.PostAsync("/auth/logout", Calls.Cookie(login.CookieToken), Calls.OwnOrigin);

        AssertUnavailable(failed);
        Assert.Equal("application/problem+json", Assert.Single(failed.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.NoContent, answered.Status);
        Assert.Equal("invalid_grant", (await host.RefreshByCookieAsync(login.CookieToken)).Code);
    }

    [Theory]
    [InlineData("this", HttpStatusCode.NoContent, false)]
    [InlineData("all", HttpStatusCode.ServiceUnavailable, true)]
    [InlineData("others", HttpStatusCode.ServiceUnavailable, true)]
    public async Task A_logout_of_what_can_not_be_read_ends_the_session_and_one_that_reaches_further_waits(string scope, HttpStatusCode expected, bool lives)
    {
        var trail = Substitute.For<IAuditTrail>();
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => FaultyStore.AddTo(services.AddSingleton(trail)) });
        var login = await host.LogInForBodyAsync();
        var store = host.Get<FaultyStore>();

        store.IsUnreadable = true;
        var answer = await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"{{scope}}"}""");
        store.IsUnreadable = false;

        Assert.Equal(expected, answer.Status);
        Assert.Equal(lives, (await host.RefreshByBodyAsync(login.RefreshToken)).Status == HttpStatusCode.OK);
        await trail.Received(lives ? 0 : 1).WriteAsync(Arg.Is<AuditEvent>(one => one!.Type == AuditEventType.Logout), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_logout_of_everything_that_met_trouble_is_carried_out_whole_when_it_is_repeated()
    {
        await using var host = await StartAsync();
        var (login, other) = (await host.LogInForBodyAsync(), await host.LogInForBodyAsync());
        var store = host.Get<FaultyStore>();
        var bearer = Calls.Bearer(login.AccessToken);

        store.IsUnreadable = true;
        var troubled = await host.PostJsonAsync("/auth/logout", """{"scope":"all"}""", bearer);
        store.IsUnreadable = false;
        var repeated = await host.PostJsonAsync("/auth/logout", """{"scope":"all"}""", bearer);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.NoContent), (troubled.Status, repeated.Status));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(other.RefreshToken)).Code);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    [Fact]
    public async Task A_key_whose_tokens_could_not_be_killed_is_found_and_retired_by_the_repetition()
    {
        await using var host = await StartAsync();
        var (admin, alice) = (await host.LogInAsAdminAsync(), await host.LogInForBodyAsync());
        var path = $"/admin/keys/{JwtText.Header(alice.AccessToken).GetProperty("kid").GetString()}/retire";
        var store = host.Get<FaultyStore>();

        store.IsReadOnly = true;
        var troubled = await host.PostAsync(path, Calls.Bearer(admin.AccessToken));
        var lives = await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken));
        store.IsReadOnly = false;
        var repeated = await host.PostAsync(path, Calls.Bearer(admin.AccessToken));

        AssertUnavailable(troubled);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (lives.Status, repeated.Status));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken))).Status);
    }

    [Fact]
    public async Task Without_a_key_to_sign_with_no_refresh_token_is_spent_and_no_session_started()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        host.Get<IOptions<TokenIssuerOptions>>().Value.Keys.Generate = false;
        var store = host.Get<FaultyStore>();
        host.Get<Denylist>().Merge(
            [.. host.Get<KeyRing>().Keys.Select(key => new RevocationEntry.Key(key.Key.KeyId, RevocationReason.KeyRetired, DateTimeOffset.MaxValue))],
            TimeSpan.FromMinutes(20));
        store.Store.ClearReceivedCalls();

        AssertUnavailable(await host.RefreshByBodyAsync(login.RefreshToken));
        AssertUnavailable(await host.LogInForBodyAsync());

        await store.Store.DidNotReceiveWithAnyArgs().RotateAsync(default!, default, default);
        await store.Store.DidNotReceiveWithAnyArgs().StartFamilyAsync(default!, default, default);
    }

    [Fact]
    public async Task A_login_is_503_and_never_wrong_credentials()
    {
        await using var host = await StartAsync();
        host.Get<FaultyStore>().IsDown = true;

        var answer = await host.LogInAsync();

        AssertUnavailable(answer);
    }

    [Fact]
    public async Task A_bearer_that_cannot_be_checked_is_503_and_never_401()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        var before = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));
        host.Get<FaultyStore>().IsDown = true;

        var answer = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));

        Assert.Equal(HttpStatusCode.OK, before.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Single(answer.Header("Retry-After"));
        Assert.Empty(answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task The_revocation_log_is_503()
    {
        await using var host = await StartAsync();
        host.Get<FaultyStore>().IsDown = true;

        var answer = await host.GetAsync("/oauth/revocations", Calls.Basic(IssuerHost.FeedClient, IssuerHost.FeedSecret));

        AssertUnavailable(answer);
    }

    [Theory]
    [InlineData("/oauth/token", "grant_type=client_credentials")]
    [InlineData("/oauth/introspect", "token=TOKEN")]
    [InlineData("/oauth/revoke", "token=TOKEN")]
    public async Task What_a_client_asks_is_503_and_never_inactive_or_done(string path, string form)
    {
        await using var host = await StartAsync();
        var client = Calls.Basic(IssuerHost.ServiceClient, IssuerHost.ServiceSecret);
        var token = await host.PostFormAsync("/oauth/token", "grant_type=client_credentials", client);
        host.Get<FaultyStore>().IsDown = true;

        var answer = await host.PostFormAsync(path, form.Replace("TOKEN", token.AccessToken), client);

        AssertUnavailable(answer);
    }

    [Fact]
    public async Task A_revocation_by_an_administrator_that_was_not_stored_is_503_and_can_be_repeated()
    {
        await using var host = await StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var login = await host.LogInForBodyAsync();
        var order = $$"""{"session":"{{login.SessionId}}"}""";

        host.Get<FaultyStore>().IsDown = true;
        var failed = await host.OrderAsync(admin, order);
        host.Get<FaultyStore>().IsDown = false;
        var lives = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));
        var repeated = await host.OrderAsync(admin, order);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);
        Assert.Single(failed.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.OK, lives.Status);
        Assert.Equal((HttpStatusCode.OK, (1, 0)), (repeated.Status, repeated.Revoked()));
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    [Fact]
    public async Task Trouble_in_the_directory_is_503_whatever_it_throws_and_never_wrong_credentials()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();

        host.Directory.Failure = new TimeoutException("directory at 10.0.0.1 timed out");
        var timedOut = await host.LogInAsync();
        host.Directory.Failure = new InvalidOperationException("secret detail of the inside");
        var broken = await host.LogInAsync();
        var unknown = await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken));

        AssertUnavailable(timedOut);
        AssertUnavailable(broken);
        AssertUnavailable(unknown);
        Assert.DoesNotContain("10.0.0.1", timedOut.Body);
        Assert.DoesNotContain("inside", broken.Body);
    }

    [Fact]
    public async Task Trouble_in_the_directory_is_503_at_a_refresh_and_the_same_token_works_afterwards()
    {
        await using var host = await StartAsync();
        var login = await host.LogInForBodyAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(61));

        host.Directory.Failure = new InvalidOperationException("inside");
        var broken = await host.RefreshByBodyAsync(login.RefreshToken);
        host.Directory.Failure = null;
        var answered = await host.RefreshByBodyAsync(login.RefreshToken);

        AssertUnavailable(broken);
        Assert.Equal(HttpStatusCode.OK, answered.Status);
    }

    private static void AssertUnavailable(Answer answer)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (answer.Status, answer.Code));
        Assert.Equal("1", Assert.Single(answer.Header("Retry-After")));
        Assert.Empty(answer.SetCookies);
    }

    internal static Task<IssuerHost> StartAsync() => IssuerHost.StartAsync(new IssuerSetup { Services = FaultyStore.AddTo });
}
