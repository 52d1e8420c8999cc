using System.Net;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class RevocationsEndpointTests
{
    private static readonly (string Name, string Value) s_client = Calls.Basic(IssuerHost.FeedClient, IssuerHost.FeedSecret);

    [Fact]
    public async Task The_snapshot_holds_what_is_revoked_and_always_all()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));

        var answer = await host.GetAsync("/oauth/revocations", s_client);

        var entries = answer.Json.GetProperty("revocations").EnumerateArray().ToList();
        var family = Assert.Single(entries, entry => entry.GetProperty("kind").GetString() == "family");
        Assert.Equal((login.SessionId, "logout"), (family.GetProperty("sid").GetString(), family.GetProperty("reason").GetString()));
        Assert.True(family.GetProperty("until").GetInt64() > host.Clock.Now.ToUnixTimeSeconds());
        Assert.True(Assert.Single(entries, entry => entry.GetProperty("kind").GetString() == "all").GetProperty("min_gen").GetInt64() > 0);
        Assert.Equal(0, answer.Json.GetProperty("age_ms").GetInt64());
        Assert.Equal("no-store", Assert.Single(answer.Header("Cache-Control")));
    }

    [Fact]
    public async Task After_a_cursor_comes_what_is_new_from_the_store_itself()
    {
        await using var host = await IssuerHost.StartAsync();
        var first = await host.LogInForBodyAsync();
        var second = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(first.RefreshToken));
        var cursor = (await host.GetAsync("/oauth/revocations", s_client)).Json.GetProperty("cursor").GetString();
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(second.RefreshToken));

        var answer = await host.GetAsync("/oauth/revocations?after=" + Uri.EscapeDataString(cursor ?? string.Empty), s_client);

        var entry = Assert.Single(answer.Json.GetProperty("revocations").EnumerateArray());
        Assert.Equal(second.SessionId, entry.GetProperty("sid").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA.1.0")]
    [InlineData("")]
    public async Task An_unknown_cursor_gets_the_snapshot(string cursor)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.GetAsync("/oauth/revocations?after=" + cursor, s_client);

        Assert.Contains(answer.Json.GetProperty("revocations").EnumerateArray(), entry => entry.GetProperty("kind").GetString() == "all");
    }

    [Fact]
    public async Task A_client_that_does_not_prove_itself_is_refused_without_a_hint_why()
    {
        await using var host = await IssuerHost.StartAsync();

        var missing = await host.GetAsync("/oauth/revocations");
        var unknown = await host.GetAsync("/oauth/revocations", Calls.Basic("nobody", IssuerHost.FeedSecret));
        var wrong = await host.GetAsync("/oauth/revocations", Calls.Basic(IssuerHost.FeedClient, "wrong"));
        var ofPublic = await host.GetAsync("/oauth/revocations", Calls.Basic("spa", string.Empty));
        var right = await host.GetAsync("/oauth/revocations", s_client);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (missing.Status, missing.Code));
        Assert.StartsWith("Basic ", Assert.Single(missing.Header("WWW-Authenticate")));
        Assert.All([unknown, wrong, ofPublic], refused => Assert.Equal((missing.Snapshot(), missing.Body), (refused.Snapshot(), refused.Body)));
        Assert.Equal(HttpStatusCode.OK, right.Status);
    }

    [Fact]
    public async Task A_client_may_form_encode_its_credentials_as_the_rfc_wants()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Options = options => options.Clients.Add(new OAuthClient { ClientId = "a/b", Secret = "p+q %", Scopes = { "revocations:read" } }),
        });

        var encoded = await host.GetAsync("/oauth/revocations", Calls.Basic("a%2Fb", "p%2Bq+%25"));
        var plain = await host.GetAsync("/oauth/revocations", Calls.Basic("a/b", "p+q %"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (encoded.Status, plain.Status));
    }

    [Fact]
    public async Task A_client_without_the_scope_is_refused()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup
        {
            Options = options => options.Clients.Add(new OAuthClient { ClientId = "other", Secret = "other-secret", Scopes = { "notes:read" } }),
        });

        var answer = await host.GetAsync("/oauth/revocations", Calls.Basic("other", "other-secret"));

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_bearer_needs_the_scope_as_well()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Scopes.Add("revocations:read") });
        var without = await LogInAsync(host, "notes:read");
        var with = await LogInAsync(host, "revocations:read");

        var refused = await host.GetAsync("/oauth/revocations", Calls.Bearer(without.AccessToken));
        var accepted = await host.GetAsync("/oauth/revocations", Calls.Bearer(with.AccessToken));

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (refused.Status, refused.Code));
        Assert.StartsWith("Bearer error=\"insufficient_scope\"", Assert.Single(refused.Header("WWW-Authenticate")));
        Assert.Equal(HttpStatusCode.OK, accepted.Status);
    }

    [Fact]
    public async Task A_revoked_or_forged_bearer_is_refused()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Scopes.Add("revocations:read") });
        var login = await LogInAsync(host, "revocations:read");
        await host.PostJsonAsync("/auth/logout", Calls.RefreshJson(login.RefreshToken));

        var revoked = await host.GetAsync("/oauth/revocations", Calls.Bearer(login.AccessToken));
        var forged = await host.GetAsync("/oauth/revocations", Calls.Bearer("no.such.token"));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (revoked.Status, revoked.Code));
        Assert.Equal((revoked.Snapshot(), revoked.Body), (forged.Snapshot(), forged.Body));
    }

    [Fact]
    public async Task A_replica_reads_the_document_as_it_was_meant()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        await host.PostJsonAsync("/auth/logout", $$"""{"refresh_token":"{{login.RefreshToken}}","scope":"all"}""");

        var json = (await host.GetAsync("/oauth/revocations", s_client)).Body;
        var page = System.Text.Json.JsonSerializer.Deserialize(json, RevocationJson.Default.RevocationDocument)?.ToPage(isSnapshot: true);

        var stored = await host.Get<IRevocationFeed>().ReadAsync(null, null, TestContext.Current.CancellationToken);
        Assert.Equal(stored.Entries.Select(entry => entry.Id), page?.Entries.Select(entry => entry.Id));
        Assert.Equal(stored.Cursor, page?.Cursor);
        Assert.Equal(stored.Retention, page?.Retention);
    }

    private static Task<Answer> LogInAsync(IssuerHost host, string scope) => host.PostJsonAsync(
        "/auth/login", $$"""{"username":"alice","password":"{{IssuerHost.AlicePassword}}","scope":"{{scope}}","delivery":"body"}""");
}
