using System.Text;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Requests as clients send them. Headers are sent as they are written: nothing is added behind a test's back.</summary>
internal static class Calls
{
    public const string CookieName = "__Secure-refresh";

    public static (string Name, string Value) OwnOrigin { get; } = ("Origin", IssuerHost.Issuer);

    public static (string Name, string Value) Cookie(string token) => ("Cookie", $"{CookieName}={token}");

    public static (string Name, string Value) Bearer(string token) => ("Authorization", "Bearer " + token);

    public static (string Name, string Value) Basic(string clientId, string secret)
        => ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}")));

    public static Task<Answer> GetAsync(this IssuerHost host, string path, params (string Name, string Value)[] headers)
        => host.SendAsync(HttpMethod.Get, path, null, headers);

    public static Task<Answer> PostAsync(this IssuerHost host, string path, params (string Name, string Value)[] headers)
        => host.SendAsync(HttpMethod.Post, path, null, headers);

    public static Task<Answer> PostJsonAsync(this IssuerHost host, string path, string json, params (string Name, string Value)[] headers)
        => host.SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public static Task<Answer> PostFormAsync(this IssuerHost host, string path, string form, params (string Name, string Value)[] headers)
        => host.SendAsync(HttpMethod.Post, path, new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"), headers);

    public static async Task<Answer> SendAsync(
        this IssuerHost host, HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Answer.ReadAsync(await client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>Alice signs in with her browser.</summary>
    public static Task<Answer> LogInAsync(this IssuerHost host, params (string Name, string Value)[] headers)
        => host.PostJsonAsync("/auth/login", LoginJson("alice", IssuerHost.AlicePassword), [OwnOrigin, .. headers]);

    /// <summary>Somebody signs in with a client that is no browser.</summary>
    public static Task<Answer> LogInForBodyAsync(this IssuerHost host, string username, string password, params (string Name, string Value)[] headers)
        => host.PostJsonAsync("/auth/login", $$"""{"username":"{{username}}","password":"{{password}}","delivery":"body"}""", headers);

    public static Task<Answer> LogInForBodyAsync(this IssuerHost host) => host.LogInForBodyAsync("alice", IssuerHost.AlicePassword);

    public static Task<Answer> RefreshByCookieAsync(this IssuerHost host, string token, params (string Name, string Value)[] headers)
        => host.PostAsync("/auth/refresh", [Cookie(token), OwnOrigin, .. headers]);

    public static Task<Answer> RefreshByBodyAsync(this IssuerHost host, string token, params (string Name, string Value)[] headers)
        => host.PostJsonAsync("/auth/refresh", RefreshJson(token), headers);

    public static string LoginJson(string username, string password) => $$"""{"username":"{{username}}","password":"{{password}}"}""";

    public static string RefreshJson(string token) => $$"""{"refresh_token":"{{token}}"}""";
}
