using System.Net;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>The throttle of logins belongs to the endpoint, not to one spelling of its address.</summary>
public sealed class ThrottleSpellingTests
{
    private const int Permits = 40;

    [Fact]
    public async Task Every_spelling_that_reaches_the_login_takes_from_the_same_window()
    {
        using var site = new IssuerSite(("RateLimits:Enabled", "true"), ("RateLimits:Login:PermitLimit", $"{Permits}"), ("RateLimits:Login:Window", "01:00:00"));
        await using var issuer = await IssuerProcess.StartAsync(site);
        var before = await AskAllAsync(issuer);
        for (var i = 0; i < Permits; i++)
        {
            (await issuer.Client.TryLogInAsync("nobody", "guess")).Dispose();
        }

        var after = await AskAllAsync(issuer);

        Assert.True(before.Count(status => status == 401) >= 9, $"The login was reached by {before.Count(status => status == 401)} spellings: the table proves nothing.");
        Assert.Equal(before.Select(status => status == 401 ? 429 : status), after);
    }

    [Fact]
    public async Task Outside_development_no_spelling_makes_a_probe_of_a_login()
    {
        using var site = new IssuerSite(
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("TokenIssuer:Issuer", "https://issuer.example"), ("TokenIssuer:Keys:Generate", "true"), ("ForwardedHeaders:KnownProxies:0", "127.0.0.1"));
        await using var issuer = await IssuerProcess.StartAsync(site);

        var logins = await AskAllAsync(issuer);
        using var probe = await issuer.Client.Http.GetAsync("/HEALTH/live/", TestContext.Current.CancellationToken);

        Assert.All(logins, status => Assert.True(status is 421 or 400, $"{status}"));
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
    }

    private static async Task<List<int>> AskAllAsync(IssuerProcess issuer)
    {
        const string Body = """{"username":"nobody","password":"guess"}""";
        var statuses = new List<int>();
        foreach (var spelling in Spellings.Of("/auth/login"))
        {
            var answer = await RawRequest.SendAsync(
                issuer.Address, $"POST {spelling} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
            statuses.Add(int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3)));
        }

        return statuses;
    }
}
