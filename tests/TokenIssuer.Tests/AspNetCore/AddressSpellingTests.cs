using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>
/// One endpoint has many spellings of its address. Whatever the server takes for the endpoint meets every check that stands
/// before it; whatever it does not is nobody's address.
/// </summary>
public sealed class AddressSpellingTests
{
    private const string Foreign = "Origin: https://evil.example\r\n";

    /// <summary>What is sent, and how each spelling that is understood has to be answered.</summary>
    private static readonly Dictionary<string, (string Method, string Path, string Head, string Body, int Status, string Mark)> s_checks = new()
    {
        ["the limit of bodies"] = ("POST", "/auth/login", Json, new string('x', 17 * 1024), 413, "\"request_too_large\""),
        ["the form of errors"] = ("POST", "/auth/login", Json, "{}", 400, "\"error\":\"invalid_request\""),
        ["a failure of the directory"] = ("POST", "/auth/login", Json, """{"username":"a","password":"b"}""", 503, "\"error\":\"temporarily_unavailable\""),
        ["the origin of a login"] = ("POST", "/auth/login", Json + Foreign, """{"username":"a","password":"b"}""", 403, "\"error\":\"forbidden_origin\""),
        ["the origin of a cookie"] = ("POST", "/auth/refresh", $"Cookie: {Calls.CookieName}=x\r\n{Foreign}", "", 403, "\"error\":\"forbidden_origin\""),
        ["the bearer of a user"] = ("GET", "/auth/me", "", "", 401, "WWW-Authenticate: Bearer\r\n"),
        ["the bearer of an administrator"] = ("GET", "/admin/keys", "", "", 401, "WWW-Authenticate: Bearer\r\n"),
        ["the client of the feed"] = ("GET", "/oauth/revocations", "", "", 401, "\"error\":\"invalid_client\""),
        ["the client of the token endpoint"] = ("POST", "/oauth/token", "Content-Type: application/x-www-form-urlencoded\r\n", "grant_type=client_credentials", 401, "\"error\":\"invalid_client\""),
    };

    private static string Json => "Content-Type: application/json\r\n";

    public static TheoryData<string> Checks => [.. s_checks.Keys];

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task No_spelling_slips_past_a_check(string check)
    {
        var (method, path, head, body, status, mark) = s_checks[check];
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Transport = IssuerTransport.Kestrel });
        host.Directory.Failure = new InvalidOperationException("The directory is down.");
        var usual = await AskAsync(host, method, path, head, body);

        Assert.Contains(mark, usual);
        Assert.Equal(status, StatusOf(usual));
        var understood = 0;
        foreach (var spelling in Spellings.Of(path))
        {
            var answer = await AskAsync(host, method, spelling, head, body);

            var isUnderstood = StatusOf(await AskAsync(host, "PATCH", spelling, "", "")) == 405;
            Assert.True(isUnderstood ? answer == usual : StatusOf(answer) is 400 or 404 or 413, $"{spelling}:\n{answer}\ninstead of\n{usual}");
            understood += isUnderstood ? 1 : 0;
        }

        Assert.True(understood >= 9, $"Only {understood} spellings were understood: the table proves nothing.");
    }

    [Fact]
    public async Task The_cookie_has_one_path_whatever_the_address_of_the_login()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Transport = IssuerTransport.Kestrel });
        var login = Calls.LoginJson("alice", IssuerHost.AlicePassword);

        foreach (var spelling in Spellings.Of("/auth/login"))
        {
            var answer = await AskAsync(host, "POST", spelling, Json, login);

            Assert.True(
                StatusOf(answer) != 200 || answer.Contains("; Path=/auth; HttpOnly; Secure; SameSite=Strict\r\n", StringComparison.Ordinal),
                $"{spelling}:\n{answer}");
        }
    }

    private static async Task<string> AskAsync(IssuerHost host, string method, string target, string head, string body)
    {
        using var client = host.CreateClient();
        var answer = await RawRequest.SendAsync(
            client.BaseAddress, $"{method} {target} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {body.Length}\r\n\r\n{body}");

        // The same to the byte but for the clock.
        return string.Join("\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)));
    }

    private static int StatusOf(string answer) => int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3));
}
