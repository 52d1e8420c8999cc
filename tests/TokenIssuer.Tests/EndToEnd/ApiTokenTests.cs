using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>API tokens at the sample API, which follows the issuer over HTTP: what opens it, and what of the kill matrix closes it.</summary>
public sealed class ApiTokenTests(ApiTokenTests.Deployment deployment) : IClassFixture<ApiTokenTests.Deployment>
{
    private const string Password = "correct-horse-1";
    private const string AdminPassword = "correct-horse-3";

    public static TheoryData<string, string> Rows => new()
    {
        { "logout this", "alive" },
        { "logout others", "alive" },
        { "logout all", "alive" },
        { "password change", "dead" },
        { "password reset", "dead" },
        { "reuse", "alive" },
        { "admin: session", "alive" },
        { "admin: user", "dead" },
        { "user disabled", "dead" },
        { "roles changed", "alive" },
        { "delete one API token", "dead" },
        { "delete another API token", "alive" },
        { "admin: token", "dead" },
        { "client revokes it", "dead" },
        { "admin: everything", "dead" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_trigger_leaves_it_alive_or_dead_as_the_kill_matrix_says(string trigger, string expected)
    {
        var user = deployment.TakeUser();
        var login = await deployment.Issuer.LogInAsync(user, Password);
        var token = await CreateAsync(login);
        var strangers = await CreateAsync(await deployment.Issuer.LogInAsync("bob", "correct-horse-2"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(token.Secret));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(strangers.Secret));

        await PullAsync(trigger, login, token);
        await UntilTheApiHasReadAsync();

        var (status, word) = expected == "alive" ? (HttpStatusCode.OK, string.Empty) : (HttpStatusCode.Unauthorized, "revoked");
        using var answer = await deployment.Api.GetAsync("/api/notes", token.Secret);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(word, answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(trigger == "admin: everything" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, await StatusOfAsync(strangers.Secret));
    }

    [Fact]
    public async Task It_opens_what_its_scope_allows_and_says_whose_it_is()
    {
        var login = await deployment.Issuer.LogInAsync(deployment.TakeUser(), Password);
        var token = await CreateAsync(login, "notes:read");

        using var me = await deployment.Api.GetAsync("/api/me", token.Secret);
        using var write = await deployment.PostNoteAsync(token.Secret);

        var body = await me.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("notes:read", body.GetProperty("scope").GetString());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("session_id").ValueKind);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
    }

    [Fact]
    public async Task A_stream_opened_with_it_ends_when_it_is_deleted()
    {
        var login = await deployment.Issuer.LogInAsync(deployment.TakeUser(), Password);
        var token = await CreateAsync(login);
        using var stream = await deployment.Api.GetAsync("/api/stream", token.Secret);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var first = await lines.ReadLineAsync(TestContext.Current.CancellationToken);

        await PullAsync("delete one API token", login, token);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await DrainAsync(lines, patience.Token);

        Assert.Equal("event: tick", first);
        Assert.False(patience.IsCancellationRequested, "The stream goes on although its token is dead.");
    }

    private static async Task DrainAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            while (await lines.ReadLineAsync(cancellationToken) is not null)
            {
            }
        }
        catch (IOException)
        {
            // Cut off rather than ended: over all the same.
        }
    }

    private async Task PullAsync(string trigger, IssuedTokens login, IssuedApiToken token)
    {
        var client = deployment.Issuer;
        switch (trigger)
        {
            case "logout this":
                await client.LogOutAsync(login);
                break;
            case "logout others":
                await client.LogOutAsync(login, "others");
                break;
            case "logout all":
                await client.LogOutAsync(login, "all");
                break;
            case "password change":
                await client.ChangePasswordAsync(login, Password, Password + "!");
                break;
            case "password reset":
                await AdministerAsync(HttpMethod.Post, await PathOfAsync(login, "password"), new { new_password = Password + "!" });
                break;
            case "reuse":
                await client.RefreshAsync(await client.RefreshAsync(login));
                Assert.False(await client.IsRefreshableAsync(login));
                break;
            case "admin: session":
                await AdministerAsync(HttpMethod.Post, "/admin/revocations", new { session = login.SessionId });
                break;
            case "admin: user":
                await AdministerAsync(HttpMethod.Post, "/admin/revocations", new { user = await SubjectOfAsync(login) });
                break;
            case "user disabled":
                await AdministerAsync(HttpMethod.Post, await PathOfAsync(login, "disable"), new { });
                break;
            case "roles changed":
                await AdministerAsync(HttpMethod.Put, await PathOfAsync(login, "roles"), new { roles = new[] { "editor" } });
                break;
            case "delete one API token":
                await DeleteAsync(login, token);
                break;
            case "delete another API token":
                await DeleteAsync(login, await CreateAsync(login));
                break;
            case "admin: token":
                await AdministerAsync(HttpMethod.Post, "/admin/revocations", new { token = token.Id });
                break;
            case "client revokes it":
                using (var form = new FormUrlEncodedContent([new("client_id", "spa"), new("token", token.Secret)]))
                using (var revoked = await client.Http.PostAsync("/oauth/revoke", form, TestContext.Current.CancellationToken))
                {
                    Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
                }

                break;
            case "admin: everything":
                await AdministerAsync(HttpMethod.Post, "/admin/revocations", new { everything = true });
                break;
            default:
                throw new System.Diagnostics.UnreachableException(trigger);
        }
    }

    /// <summary>What must be dead is asked for only once the API has read the log up to the kill: it knows that by a kill made later.</summary>
    private async Task UntilTheApiHasReadAsync()
    {
        var marker = await deployment.Issuer.LogInAsync("alice", Password);
        Assert.Equal(HttpStatusCode.OK, await deployment.Api.GetNotesAsync(marker));
        await deployment.Issuer.LogOutAsync(marker);
        await Redis.Eventually.TrueAsync(async () => await deployment.Api.GetNotesAsync(marker) == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(30));
    }

    private async Task<IssuedApiToken> CreateAsync(IssuedTokens login, string? scope = null)
    {
        using var response = await deployment.Issuer.SendAsync(
            HttpMethod.Post, "/auth/api-tokens", login, JsonContent.Create(new { name = "script", scope, expires_in = 3600 }));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return new IssuedApiToken(body.GetProperty("id").GetString() ?? string.Empty, body.GetProperty("token").GetString() ?? string.Empty);
    }

    private async Task DeleteAsync(IssuedTokens login, IssuedApiToken token)
    {
        using var response = await deployment.Issuer.SendAsync(HttpMethod.Delete, $"/auth/api-tokens/{token.Id}", login);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private async Task AdministerAsync(HttpMethod method, string path, object body)
    {
        var admin = await deployment.Issuer.LogInAsync("admin", AdminPassword);
        using var response = await deployment.Issuer.SendAsync(method, path, admin, JsonContent.Create(body));
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    private async Task<string> PathOfAsync(IssuedTokens login, string verb) => $"/admin/users/{await SubjectOfAsync(login)}/{verb}";

    private async Task<string?> SubjectOfAsync(IssuedTokens login)
    {
        using var response = await deployment.Issuer.SendAsync(HttpMethod.Get, "/auth/me", login);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("sub").GetString();
    }

    private async Task<HttpStatusCode> StatusOfAsync(string token)
    {
        using var response = await deployment.Api.GetAsync("/api/notes", token);
        return response.StatusCode;
    }

    private sealed record IssuedApiToken(string Id, string Secret);

    public sealed class Deployment : IAsyncLifetime
    {
        private const int Users = 20;

        private readonly IssuerSite _site = new(
        [
            .. Enumerable.Range(0, Users).SelectMany(i => new[]
            {
                ($"Users:Seed:{i + 3}:Username", $"user{i}"),
                ($"Users:Seed:{i + 3}:Password", Password),
            }),
        ]);

        private IssuerProcess? _issuer;
        private NotesApiProcess? _api;
        private int _taken = -1;

        internal IssuerClient Issuer => (_issuer ?? throw new InvalidOperationException("Not started.")).Client;

        internal NotesApiProcess Api => _api ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync()
        {
            _issuer = await IssuerProcess.StartAsync(_site);
            _api = await NotesApiProcess.StartAsync(_issuer);
        }

        /// <summary>A user of whom nobody has heard yet.</summary>
        internal string TakeUser() => $"user{Interlocked.Increment(ref _taken)}";

        internal async Task<HttpResponseMessage> PostNoteAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/notes") { Content = JsonContent.Create(new { text = "x" }) };
            request.Headers.Authorization = new("Bearer", token);
            return await Api.Http.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            if (_api is not null)
            {
                await _api.DisposeAsync();
            }

            if (_issuer is not null)
            {
                await _issuer.DisposeAsync();
            }

            _site.Dispose();
        }
    }
}
