using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Server;

namespace TokenIssuer.Tests.Hosting;

/// <summary>A native client of an issuer: tokens in bodies, no cookies, no retries.</summary>
internal sealed class IssuerClient : IDisposable
{
    private readonly HttpClient _http;

    public IssuerClient(Uri address) => _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };

    public HttpClient Http => _http;

    public async Task<IssuedTokens> LogInAsync(string username, string password)
        => await ReadAsync(await TryLogInAsync(username, password));

    public Task<HttpResponseMessage> TryLogInAsync(string username, string password)
        => _http.PostAsJsonAsync("/auth/login", new { username, password, delivery = "body" });

    public async Task<IssuedTokens> RefreshAsync(IssuedTokens tokens) => await ReadAsync(await TryRefreshAsync(tokens.RefreshToken));

    public async Task<HttpResponseMessage> TryRefreshAsync(string refreshToken, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/refresh") { Content = JsonContent.Create(new { refresh_token = refreshToken }) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Logs out with the refresh token alone, as a client whose access token has expired does.</summary>
    public Task<HttpResponseMessage> TryLogOutAsync(IssuedTokens tokens, string scope = "this")
        => _http.PostAsJsonAsync("/auth/logout", new { refresh_token = tokens.RefreshToken, scope });

    /// <summary>As <see cref="TryLogOutAsync"/>, and it has to succeed.</summary>
    public async Task LogOutAsync(IssuedTokens tokens, string scope = "this")
    {
        using var response = await TryLogOutAsync(tokens, scope);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public Task<HttpResponseMessage> TryChangePasswordAsync(IssuedTokens tokens, string currentPassword, string newPassword)
        => SendAsync(HttpMethod.Post, "/auth/password", tokens, JsonContent.Create(new { current_password = currentPassword, new_password = newPassword }));

    public async Task<IssuedTokens> ChangePasswordAsync(IssuedTokens tokens, string currentPassword, string newPassword)
        => await ReadAsync(await TryChangePasswordAsync(tokens, currentPassword, newPassword));

    public async Task<HttpStatusCode> GetMeAsync(IssuedTokens tokens)
    {
        using var response = await SendAsync(HttpMethod.Get, "/auth/me", tokens);
        return response.StatusCode;
    }

    public async Task<HttpStatusCode> EndSessionAsync(IssuedTokens tokens, string sessionId)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"/auth/sessions/{sessionId}", tokens);
        return response.StatusCode;
    }

    /// <summary>Makes an API token that may do what the session may, and lives for an hour.</summary>
    public async Task<(string Id, string Token)> CreateApiTokenAsync(IssuedTokens tokens)
    {
        using var response = await SendAsync(HttpMethod.Post, "/auth/api-tokens", tokens, JsonContent.Create(new { name = "script", expires_in = 3600 }));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (body.GetProperty("id").GetString()!, body.GetProperty("token").GetString()!);
    }

    /// <summary>Turns a second factor on, which kills nothing, and gives the key of its codes.</summary>
    public async Task<string?> EnrolSecondFactorAsync(IssuedTokens tokens, string password)
    {
        using var begun = await SendAsync(HttpMethod.Post, "/auth/totp", tokens, JsonContent.Create(new { current_password = password }));
        var secret = (await begun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString();
        using var confirmed = await SendAsync(HttpMethod.Post, "/auth/totp/confirm", tokens, JsonContent.Create(new { otp = Totp.CodeOf(secret) }));
        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await GetMeAsync(tokens));
        return secret;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, IssuedTokens tokens, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return await _http.SendAsync(request);
    }

    /// <summary>Whether the refresh token still yields a successor. Spends it when it does.</summary>
    public async Task<bool> IsRefreshableAsync(IssuedTokens tokens)
    {
        using var response = await TryRefreshAsync(tokens.RefreshToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return true;
        }

        Assert.Equal("invalid_grant", await ErrorOfAsync(response));
        return false;
    }

    public static async Task<string?> ErrorOfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("error", out var error) ? error.GetString() : body.GetProperty("code").GetString();
    }

    public void Dispose() => _http.Dispose();

    private static async Task<IssuedTokens> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
            using var body = JsonDocument.Parse(text);
            return IssuedTokens.Read(body.RootElement);
        }
    }
}
