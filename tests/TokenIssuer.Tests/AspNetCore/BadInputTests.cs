using System.Net;
using System.Text;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class BadInputTests
{
    public static TheoryData<string> Posts { get; } = ["/auth/login", "/auth/refresh", "/auth/logout"];

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("42")]
    [InlineData("{} trailing")]
    [InlineData("{}{}")]
    [InlineData("{,}")]
    [InlineData("{\"refresh_token\":1}")]
    [InlineData("{\"refresh_token\":[\"a\"]}")]
    [InlineData("{\"refresh_token\":{\"a\":1}}")]
    [InlineData("{\"refresh_token\":true}")]
    [InlineData("{\"refresh_token\":\"\\ud800\"}")]
    [InlineData("{\"refresh_token\":NaN}")]
    [InlineData("{\"refresh_token\":\"a\",\"refresh_token\":\"b\"}")]
    [InlineData("{\"scope\":1e999}")]
    [InlineData("{\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}")]
    [InlineData("\u0000")]
    public async Task A_malformed_body_is_an_invalid_request(string json)
    {
        await using var host = await IssuerHost.StartAsync();

        var refresh = await host.PostJsonAsync("/auth/refresh", json);
        var logout = await host.PostJsonAsync("/auth/logout", json);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refresh.Status, refresh.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (logout.Status, logout.Code));
    }

    [Theory]
    [InlineData("{\"username\":1,\"password\":\"x\"}")]
    [InlineData("{\"username\":[\"alice\"],\"password\":\"x\"}")]
    [InlineData("{\"username\":\"alice\",\"password\":{}}")]
    [InlineData("{\"username\":\"alice\",\"username\":\"bob\",\"password\":\"x\"}")]
    [InlineData("{\"username\":\"alice\",\"password\":\"x\",\"otp\":123456}")]
    public async Task A_login_of_wrong_types_is_an_invalid_request(string json)
    {
        await using var host = await IssuerHost.StartAsync();

        var answer = await host.PostJsonAsync("/auth/login", json);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Another_media_type_is_refused_and_nothing_is_touched(string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var json = $$"""{"refresh_token":"{{login.RefreshToken}}","username":"alice","password":"{{IssuerHost.AlicePassword}}"}""";

        foreach (var mediaType in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/problem+json" })
        {
            var answer = await host.SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, mediaType));
            Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (answer.Status, answer.Code));
        }

        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task Json_may_be_spelled_in_several_ways(string contentType)
    {
        await using var host = await IssuerHost.StartAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Calls.LoginJson("alice", IssuerHost.AlicePassword)));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var answer = await host.SendAsync(HttpMethod.Post, "/auth/login", content);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task A_body_over_16_kib_is_too_large(string path)
    {
        await using var host = await IssuerHost.StartAsync();

        var fits = await host.PostJsonAsync(path, Padded(16 * 1024));
        var tooLarge = await host.PostJsonAsync(path, Padded((16 * 1024) + 1));
        var chunked = await host.SendAsync(HttpMethod.Post, path, new EndlessContent());

        Assert.NotEqual(HttpStatusCode.RequestEntityTooLarge, fits.Status);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request_too_large"), (tooLarge.Status, tooLarge.Code));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request_too_large"), (chunked.Status, chunked.Code));
    }

    [Theory]
    [InlineData("GET", "/auth/login")]
    [InlineData("GET", "/auth/refresh")]
    [InlineData("GET", "/auth/logout")]
    [InlineData("HEAD", "/auth/logout")]
    [InlineData("PUT", "/auth/logout")]
    [InlineData("TRACE", "/auth/refresh")]
    [InlineData("PATCH", "/auth/password")]
    [InlineData("POST", "/auth/sessions")]
    [InlineData("POST", "/.well-known/jwks.json")]
    public async Task A_method_that_is_not_offered_is_refused_and_nothing_is_touched(string method, string path)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInAsync();

        var answer = await host.SendAsync(
            new HttpMethod(method), path, null,
            Calls.Cookie(login.CookieToken), Calls.OwnOrigin, Calls.Bearer(login.AccessToken), ("X-HTTP-Method-Override", "POST"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByCookieAsync(login.CookieToken)).Status);
    }

    [Fact]
    public async Task A_refresh_token_in_the_url_is_not_looked_at()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        var answer = await host.PostAsync("/auth/refresh?refresh_token=" + login.RefreshToken, Calls.OwnOrigin);

        Assert.Equal("invalid_request", answer.Code);
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("/auth/login", 1)]
    [InlineData("/auth/refresh", 2)]
    [InlineData("/auth/logout", 3)]
    [InlineData("/auth/password", 4)]
    public async Task Two_thousand_random_bodies_never_break_anything(string path, int seed)
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();
        var random = new Random(seed);

        for (var i = 0; i < 2000; i++)
        {
            var body = RandomBodies.Next(random);
            var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            var answer = await host.SendAsync(HttpMethod.Post, path, content, path == "/auth/password" ? [Calls.Bearer(login.AccessToken)] : []);
            Assert.True((int)answer.Status < 500, $"{answer.Status} for {Convert.ToHexString(body)}");
        }

        Assert.Equal(HttpStatusCode.OK, (await host.RefreshByBodyAsync(login.RefreshToken)).Status);
    }

    private static string Padded(int length)
    {
        const string Start = """{"padding":" """;
        return Start + new string('x', length - Start.Length - 2) + "\"}";
    }

    /// <summary>A body that does not tell its length.</summary>
    private sealed class EndlessContent : HttpContent
    {
        public EndlessContent() => Headers.TryAddWithoutValidation("Content-Type", "application/json");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
            => await stream.WriteAsync(Encoding.UTF8.GetBytes(Padded(40 * 1024)), TestContext.Current.CancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
