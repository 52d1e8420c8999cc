using System.Net;
using System.Text;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>What clients must not send, against a real process: the contract's error, nothing lost, nobody harmed.</summary>
public sealed class BadInputTests(BadInputTests.Running running) : IClassFixture<BadInputTests.Running>
{
    public static TheoryData<string, string, string, HttpStatusCode> Bodies => new()
    {
        { "/auth/login", "application/json", "{\"username\":", HttpStatusCode.BadRequest },
        { "/auth/login", "application/json", "[]", HttpStatusCode.BadRequest },
        { "/auth/login", "application/json", "null", HttpStatusCode.BadRequest },
        { "/auth/login", "application/json", "", HttpStatusCode.BadRequest },
        { "/auth/login", "application/json", "{\"username\":1,\"password\":true}", HttpStatusCode.BadRequest },
        { "/auth/login", "application/json", "{\"username\":\"alice\"}", HttpStatusCode.BadRequest },
        { "/auth/login", "text/plain", "{\"username\":\"alice\",\"password\":\"correct-horse-1\"}", HttpStatusCode.UnsupportedMediaType },
        { "/auth/refresh", "application/json", "{\"refresh_token\":7}", HttpStatusCode.BadRequest },
        { "/auth/refresh", "application/json", "{\"refresh_token\":\"\"}", HttpStatusCode.BadRequest },
        { "/auth/logout", "application/json", "{\"refresh_token\":{}}", HttpStatusCode.BadRequest },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_body_gets_the_contracts_error(string path, string mediaType, string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, mediaType);

        using var response = await running.Issuer.Client.Http.PostAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
        Assert.NotNull(await IssuerClient.ErrorOfAsync(response));
    }

    [Fact]
    public async Task A_body_over_16_KiB_is_too_large()
    {
        using var content = new StringContent($"{{\"username\":\"{new string('a', 17 * 1024)}\"}}", Encoding.UTF8, "application/json");

        using var response = await running.Issuer.Client.Http.PostAsync("/auth/login", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.True(response.Headers.ConnectionClose);
    }

    [Fact]
    public async Task Invented_truncated_re_encoded_and_flipped_tokens_are_refused_alike_and_harm_nobody()
    {
        var victim = await running.Issuer.Client.LogInAsync("alice", "correct-horse-1");
        var token = victim.RefreshToken;
        var middle = token.Length / 2;
        string[] forged =
        [
            "invented",
            new string('A', token.Length),
            token[..^1],
            token + "A",
            token + "=",
            " " + token,
            token.Replace('-', '+').Replace('_', '/') + "%",
            string.Concat(token.AsSpan(0, middle), token[middle] == 'A' ? "B" : "A", token.AsSpan(middle + 1)),
            victim.AccessToken,
        ];

        var answers = new HashSet<string>();
        foreach (var text in forged)
        {
            using var response = await running.Issuer.Client.TryRefreshAsync(text);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Single(answers);
        Assert.True(await running.Issuer.Client.IsRefreshableAsync(victim));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        var alice = await running.Issuer.Client.LogInAsync("alice", "correct-horse-1");
        var bob = await running.Issuer.Client.LogInAsync("bob", "correct-horse-2");

        Assert.Equal(HttpStatusCode.NotFound, await running.Issuer.Client.EndSessionAsync(bob, alice.SessionId));
        Assert.Equal(HttpStatusCode.NotFound, await running.Issuer.Client.EndSessionAsync(bob, "no-such-session"));

        Assert.True(await running.Issuer.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.NoContent, await running.Issuer.Client.EndSessionAsync(bob, bob.SessionId));
    }

    public sealed class Running : IAsyncLifetime
    {
        private readonly IssuerSite _site = new();
        private IssuerProcess? _issuer;

        internal IssuerProcess Issuer => _issuer ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync() => _issuer = await IssuerProcess.StartAsync(_site);

        public async ValueTask DisposeAsync()
        {
            if (_issuer is not null)
            {
                await _issuer.DisposeAsync();
            }

            _site.Dispose();
        }
    }
}
