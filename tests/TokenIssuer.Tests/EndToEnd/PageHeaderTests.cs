using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>What lies beside the API: pages, and addresses under them that nobody has.</summary>
public sealed class PageHeaderTests(PageHeaderTests.Server server) : IClassFixture<PageHeaderTests.Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/lab", 302)]
    [InlineData("/lab/", 200)]
    [InlineData("/lab/place.json", 200)]
    [InlineData("/lab/assets/lab.js", 200)]
    [InlineData("/lab/assets/no-file.js", 404)]
    [InlineData("/lab/no-file", 404)]
    [InlineData("/admin", 302)]
    [InlineData("/admin/", 200)]
    [InlineData("/admin/assets/no-file.js", 404)]
    public async Task Pages_their_redirects_and_missing_files_have_the_security_headers(string path, int status)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Issuer.Address };

        using var answer = await client.GetAsync(path, Cancelled);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.StartsWith("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        if (status == 404)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    public sealed class Server : IAsyncLifetime
    {
        private readonly IssuerSite _site = new();
        private IssuerProcess? _issuer;

        internal IssuerProcess Issuer => _issuer ?? throw new InvalidOperationException("It has not started yet.");

        public async ValueTask InitializeAsync() => _issuer = await IssuerProcess.StartAsync(_site);

        public async ValueTask DisposeAsync()
        {
            await Issuer.DisposeAsync();
            _site.Dispose();
        }
    }
}
