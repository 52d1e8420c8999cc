using System.Net;
using System.Text.Json;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>An answer as it came over the wire.</summary>
internal sealed class Answer
{
    private readonly List<(string Name, string Value)> _headers;

    private Answer(HttpStatusCode status, List<(string Name, string Value)> headers, string body)
    {
        Status = status;
        _headers = headers;
        Body = body;
    }

    public HttpStatusCode Status { get; }

    public string Body { get; }

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary><c>error</c> of RFC 6749, or <c>code</c> of problem details.</summary>
    public string? Code => Body.Length == 0 ? null
        : Json.TryGetProperty("error", out var error) ? error.GetString()
        : Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public IReadOnlyList<string> SetCookies => Header("Set-Cookie");

    public string AccessToken => Text("access_token");

    public string RefreshToken => Text("refresh_token");

    public string SessionId => Text("session_id");

    /// <summary>The refresh token in the one cookie.</summary>
    public string CookieToken
    {
        get
        {
            var pair = Assert.Single(SetCookies).Split(';')[0];
            return pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var headers = response.Headers.Concat(response.Content.Headers)
                .SelectMany(header => header.Value.Select(value => (header.Key, value)))
                .OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
                .ToList();
            return new Answer(response.StatusCode, headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    public IReadOnlyList<string> Header(string name)
        => [.. _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    /// <summary>Status and headers as text, without lengths, with the cookie's token masked.</summary>
    public string Snapshot()
    {
        var lines = _headers
            .Where(header => header.Name != "Content-Length")
            .Select(header => $"{header.Name}: {(header.Name == "Set-Cookie" ? Mask(header.Value) : header.Value)}");
        return string.Join('\n', lines.Prepend(((int)Status).ToString()));
    }

    private static string Mask(string cookie)
    {
        var start = cookie.IndexOf('=', StringComparison.Ordinal) + 1;
        var end = cookie.IndexOf(';', StringComparison.Ordinal);
        return end > start ? cookie[..start] + "<token>" + cookie[end..] : cookie;
    }

    private string Text(string name) => Json.GetProperty(name).GetString() ?? string.Empty;
}
