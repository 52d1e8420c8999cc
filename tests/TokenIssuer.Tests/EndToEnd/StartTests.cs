using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Starting the issuer as an operator does, well and badly.</summary>
public sealed class StartTests
{
    public static TheoryData<string, string, string> Faults => new()
    {
        { "TokenIssuer:IdleTimeout", "soon", "TokenIssuer:IdleTimeout is \"soon\"" },
        { "TokenIssuer:IdleTimeout", "13:00:00", "TokenIssuer:IdleTimeout (13:00:00) is longer than" },
        { "TokenIssuer:ReuseScope", "Everybody", "TokenIssuer:ReuseScope is \"Everybody\"" },
        { "TokenIssuer:Issuer", "localhost", "TokenIssuer:Issuer is \"localhost\"" },
        { "TokenIssuer:AllowedOrigins:0", "https://app.example.com/", "TokenIssuer:AllowedOrigins has" },
        { "RateLimits:Login:PermitLimit", "0", "RateLimits:Login:PermitLimit is 0" },
        { "Users:Seed:0:Password", "short", "Users:Seed: \"alice\" can't be created" },
        { "ConnectionStrings:Sqlite", "Data Source=:memory:", "ConnectionStrings:Sqlite must name a file" },
        { "ConnectionStrings:Sqlite", "garbage", "ConnectionStrings:Sqlite can't be read" },
        { "TokenIssuer:KeysDirectory", "/proc/version", "TokenIssuer:KeysDirectory (/proc/version) can't be used" },
        { "TokenIssuer:KeysDirectory", "/proc/nowhere/keys", "TokenIssuer:KeysDirectory (/proc/nowhere/keys) can't be used" },
        { "TokenIssuer:AbsoluteLifetime", "8", "TokenIssuer:AbsoluteLifetime is \"8\", which would be 8 days" },
        { "ForwardedHeaders:KnownProxies:0", "the proxy", "ForwardedHeaders:KnownProxies:0 is \"the proxy\"" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_stops_the_start_with_one_sentence(string key, string value, string sentence)
    {
        using var site = new IssuerSite();
        await using var process = IssuerProcess.Launch(site, site.Port, [(key, value)]);

        var code = await process.WaitForExitAsync();

        Assert.NotEqual(0, code);
        Assert.StartsWith(sentence, process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Production_wants_keys_that_are_there()
    {
        using var site = new IssuerSite(("ASPNETCORE_ENVIRONMENT", "Production"), ("TokenIssuer:Issuer", "https://issuer.example"));
        await using var process = IssuerProcess.Launch(site, site.Port, [("ForwardedHeaders:KnownProxies:0", "127.0.0.1")]);

        Assert.NotEqual(0, await process.WaitForExitAsync());

        Assert.StartsWith("There is no signing key", process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("signing-1.pem")]
    [InlineData("refresh-1.key")]
    public async Task A_private_key_that_others_can_read_and_a_name_that_nothing_reads_are_warned_of(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var site = new IssuerSite(("TokenIssuer:IdleTimout", "00:10:00"));
        string firstOutput;
        await using (var first = await IssuerProcess.StartAsync(site))
        {
            await first.StopAsync();
            firstOutput = first.Process.Output;
        }

        var key = Path.Combine(site.KeysFolder, name);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        await using var warned = await IssuerProcess.StartAsync(site);
        await warned.StopAsync();

        var sentence = $"The private key {key} is open to others than its owner (mode 644): chmod 600 it.";
        Assert.Contains(sentence, warned.Process.Output, StringComparison.Ordinal);
        Assert.Contains("TokenIssuer:IdleTimout is no setting", firstOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("is open to others", firstOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_wants_a_password_for_a_redis_elsewhere()
    {
        using var site = new IssuerSite(
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("TokenIssuer:Issuer", "https://issuer.example"), ("TokenIssuer:Keys:Generate", "true"));
        await using var process = IssuerProcess.Launch(site, site.Port, [("ConnectionStrings:Redis", "redis.invalid:6379")]);

        Assert.NotEqual(0, await process.WaitForExitAsync());

        Assert.StartsWith("ConnectionStrings:Redis has no password, and redis.invalid is not this host", process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_owner_gets_in_from_a_known_address_however_a_stranger_guesses()
    {
        using var site = new IssuerSite(
            ("ForwardedHeaders:KnownProxies:0", "127.0.0.1"), ("RateLimits:Enabled", "true"), ("RateLimits:Login:PermitLimit", "3"), ("RateLimits:Login:Window", "01:00:00"));
        await using var issuer = await IssuerProcess.StartAsync(site);
        var known = await LogInFromAsync("192.0.2.1", "correct-horse-1");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await LogInFromAsync($"198.51.{i}.7", "guess"));
        }

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (known, await LogInFromAsync("192.0.2.2", "correct-horse-1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await LogInFromAsync("203.0.113.1", "correct-horse-1"));

        async Task<HttpStatusCode> LogInFromAsync(string address, string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login")
            {
                Content = JsonContent.Create(new { username = "alice", password, delivery = "body" }),
                Headers = { { "X-Forwarded-For", address } },
            };
            using var response = await issuer.Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task What_nobody_trusted_forwards_is_not_believed()
    {
        using var site = new IssuerSite(("RateLimits:Enabled", "true"), ("RateLimits:Login:PermitLimit", "3"), ("RateLimits:Login:Window", "01:00:00"));
        await using var issuer = await IssuerProcess.StartAsync(site);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login")
            {
                Content = JsonContent.Create(new { username = $"nobody-{i}", password = "guess" }),
                Headers = { { "X-Forwarded-For", $"198.51.{i}.7" }, { "X-Forwarded-Proto", "https" } },
            };
            using var response = await issuer.Client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            answers.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task Production_wants_https_or_a_trusted_proxy()
    {
        using var site = new IssuerSite(("ASPNETCORE_ENVIRONMENT", "Production"), ("TokenIssuer:Issuer", "https://issuer.example"), ("TokenIssuer:Keys:Generate", "true"));
        await using var process = IssuerProcess.Launch(site, site.Port, []);

        Assert.NotEqual(0, await process.WaitForExitAsync());

        Assert.StartsWith("Outside Development the issuer listens on HTTPS", process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Production_behind_a_named_proxy_answers_what_came_by_https_and_nothing_else()
    {
        using var site = new IssuerSite(
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("TokenIssuer:Issuer", "https://issuer.example"),
            ("TokenIssuer:Keys:Generate", "true"),
            ("ForwardedHeaders:KnownProxies:0", "127.0.0.1"),
            ("Users:Seed:0:Username", "carol"),
            ("Users:Seed:0:Password", "words nobody guesses"));
        await using var issuer = await IssuerProcess.StartAsync(site);
        var http = issuer.Client.Http;
        using var inClear = await issuer.Client.TryLogInAsync("carol", "words nobody guesses");
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var throughProxy = await issuer.Client.TryLogInAsync("carol", "words nobody guesses");
        using var demoUser = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");

        Assert.Equal(HttpStatusCode.MisdirectedRequest, inClear.StatusCode);
        Assert.Equal(HttpStatusCode.OK, throughProxy.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, demoUser.StatusCode);
    }

    [Fact]
    public async Task The_first_start_without_users_prints_an_administrators_password_once()
    {
        using var site = new IssuerSite(
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("TokenIssuer:Issuer", "https://issuer.example"), ("TokenIssuer:Keys:Generate", "true"), ("ForwardedHeaders:KnownProxies:0", "127.0.0.1"));
        string password;
        await using (var first = await IssuerProcess.StartAsync(site))
        {
            password = System.Text.RegularExpressions.Regex.Match(first.Process.Output, "with the password ([0-9a-f]{30}) ").Groups[1].Value;
            await first.StopAsync();
        }

        await using var second = await IssuerProcess.StartAsync(site);
        second.Client.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var login = await second.Client.TryLogInAsync("admin", password);

        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        Assert.DoesNotContain("with the password", second.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_names_its_components_and_no_secret_file_is_open_to_others()
    {
        using var site = new IssuerSite();
        await using var issuer = await IssuerProcess.StartAsync(site);

        var health = await issuer.Client.Http.GetFromJsonAsync<JsonElement>("/health/ready", TestContext.Current.CancellationToken);

        var components = health.GetProperty("components");
        Assert.All(["store", "keys", "feed", "directory"], name => Assert.Equal("ready", components.GetProperty(name).GetString()));
        foreach (var file in Directory.EnumerateFiles(site.Folder, "*", SearchOption.AllDirectories))
        {
            UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.True(mode is null or UnixFileMode.None, $"{file} is open to others.");
        }
    }

    [Fact]
    public async Task A_flood_of_logins_from_one_address_is_throttled()
    {
        using var site = new IssuerSite(("RateLimits:Enabled", "true"), ("RateLimits:Login:PermitLimit", "2"));
        await using var issuer = await IssuerProcess.StartAsync(site);
        var tokens = await issuer.Client.LogInAsync("alice", "correct-horse-1");
        using var second = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");

        using var third = await issuer.Client.TryLogInAsync("alice", "correct-horse-1");

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 1, 60);
        Assert.Equal("too_many_requests", await IssuerClient.ErrorOfAsync(third));
        Assert.True(await issuer.Client.IsRefreshableAsync(tokens));
    }
}
