using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Server;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>What happens in each row. Everything happens at the first issuer, unless it says otherwise.</summary>
internal static class Triggers
{
    private const string NewPassword = "another pot of green tea";

    public static Task LogOutThisAsync(KillScene scene) => At(scene).LogOutAsync(scene.Mine);

    public static Task LogOutOthersAsync(KillScene scene) => At(scene).LogOutAsync(scene.Mine, "others");

    public static Task LogOutAllAsync(KillScene scene) => At(scene).LogOutAsync(scene.Mine, "all");

    public static async Task ChangePasswordAsync(KillScene scene)
    {
        await At(scene).ChangePasswordAsync(scene.Mine, scene.Password, NewPassword);
        scene.Password = NewPassword;
    }

    public static async Task ResetPasswordAsync(KillScene scene)
    {
        await scene.Deployment.AdministerAsync(HttpMethod.Post, $"/admin/users/{scene.Subject}/password", new { new_password = NewPassword });
        scene.Password = NewPassword;
    }

    public static Task ReuseAsync(KillScene scene) => ReuseAsync(scene, scene.Deployment.First);

    public static Task ReuseWhereItKillsTheUserAsync(KillScene scene) => ReuseAsync(scene, scene.Deployment.Severe);

    public static Task RevokeSessionAsync(KillScene scene) => RevokeAsync(scene, new { session = scene.Mine.SessionId, reason = "kill matrix" });

    public static Task RevokeUserAsync(KillScene scene) => RevokeAsync(scene, new { user = scene.Subject, reason = "kill matrix" });

    public static Task RevokeEverythingAsync(KillScene scene) => RevokeAsync(scene, new { everything = true, reason = "kill matrix" });

    public static Task DisableAsync(KillScene scene) => scene.Deployment.AdministerAsync(HttpMethod.Post, $"/admin/users/{scene.Subject}/disable");

    public static Task DeleteAsync(KillScene scene) => scene.Deployment.AdministerAsync(HttpMethod.Delete, $"/admin/users/{scene.Subject}");

    public static async Task RemoveSecondFactorAsync(KillScene scene)
    {
        // One step on: the code that confirmed it is spent.
        var next = Totp.CodeOf(await EnrolAsync(scene), TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(30));
        using var response = await At(scene).SendAsync(
            HttpMethod.Delete, "/auth/totp", scene.Mine, JsonContent.Create(new { current_password = scene.Password, otp = next }));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public static async Task ResetSecondFactorAsync(KillScene scene)
    {
        await EnrolAsync(scene);
        await scene.Deployment.AdministerAsync(HttpMethod.Post, $"/admin/users/{scene.Subject}/totp/reset");
    }

    public static Task ChangeRolesAsync(KillScene scene)
        => scene.Deployment.AdministerAsync(HttpMethod.Put, $"/admin/users/{scene.Subject}/roles", new { roles = new[] { "editor" } });

    /// <summary>Signs in until there is no room, and once more. The last session is the one that the row calls "this".</summary>
    public static async Task ExceedCapAsync(KillScene scene)
    {
        var others = new List<IssuedTokens> { scene.Other };
        while (others.Count + 1 < Deployment.MaxSessionsPerUser)
        {
            others.Add(await At(scene).LogInAsync(scene.Username, scene.Password));
        }

        var newest = await At(scene).LogInAsync(scene.Username, scene.Password);
        scene.RefreshTokens = [new Watched<string>(newest.RefreshToken, "new one")];
        scene.AccessTokens = [new Watched<string>(newest.AccessToken, "new one")];
        scene.OtherSessions = [new(scene.Mine, "oldest"), .. others.Select(other => new Watched<IssuedTokens>(other, "others"))];
    }

    public static async Task RevokeAccessTokenAsync(KillScene scene)
    {
        var next = await At(scene).RefreshAsync(scene.Mine);
        scene.RefreshTokens = [new(next.RefreshToken)];
        scene.AccessTokens = [new(scene.Mine.AccessToken, "that one"), new(scene.Parent.AccessToken, "others"), new(next.AccessToken, "others")];
        await RevokeByClientAsync(scene, scene.Mine.AccessToken);
    }

    public static Task RevokeRefreshTokenAsync(KillScene scene) => RevokeByClientAsync(scene, scene.Mine.RefreshToken);

    /// <summary>A browser that has the session's cookie signs in again.</summary>
    public static async Task LogInOverAsync(KillScene scene)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login")
        {
            Content = JsonContent.Create(new { username = scene.Username, password = scene.Password }),
        };
        request.Headers.Add("Cookie", $"__Secure-refresh={scene.Mine.RefreshToken}");
        request.Headers.Add("Origin", scene.Deployment.Origin);
        using var response = await At(scene).Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>From the user's other session, which sees both in its list.</summary>
    public static async Task DeleteSessionAsync(KillScene scene)
    {
        Assert.Equal(HttpStatusCode.NoContent, await At(scene).EndSessionAsync(scene.Other, scene.Mine.SessionId));
        scene.RefreshTokens = Relabel(scene.RefreshTokens, "that one");
        scene.AccessTokens = Relabel(scene.AccessTokens, "that one");
        scene.OtherSessions = [new(scene.Other, "others")];
    }

    public static async Task DeleteApiTokenAsync(KillScene scene)
    {
        var (id, token) = await scene.CreateApiTokenAsync();
        using var response = await At(scene).SendAsync(HttpMethod.Delete, $"/auth/api-tokens/{id}", scene.Mine);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        scene.ApiTokens = [new(token, "that one"), .. Relabel(scene.ApiTokens, "others")];
    }

    /// <summary>The next key takes over first, so that there are tokens of either key.</summary>
    public static async Task RevokeKeyAsync(KillScene scene)
    {
        await scene.Deployment.AdministerAsync(HttpMethod.Post, "/admin/keys/rotate");
        var next = await At(scene).RefreshAsync(scene.Mine);
        var key = KeyOf(scene.Mine);
        Assert.NotEqual(key, KeyOf(next));
        scene.RefreshTokens = [new(next.RefreshToken)];
        scene.AccessTokens = [.. Relabel(scene.AccessTokens, "signed by it"), new(next.AccessToken, "others")];
        await RevokeAsync(scene, new { key, reason = "kill matrix" });
    }

    public static async Task RotateAsync(KillScene scene)
    {
        var next = await At(scene).RefreshAsync(scene.Mine);
        scene.RefreshTokens = [new(scene.Mine.RefreshToken, "old one"), new(next.RefreshToken, "new one")];
        scene.AccessTokens = [.. Relabel(scene.AccessTokens, "earlier ones"), new(next.AccessToken, "new one")];
    }

    private static IssuerClient At(KillScene scene) => scene.Deployment.First.Client;

    private static Task<string?> EnrolAsync(KillScene scene) => At(scene).EnrolSecondFactorAsync(scene.Mine, scene.Password);

    private static string? KeyOf(IssuedTokens tokens) => JwtText.Header(tokens.AccessToken).GetProperty("kid").GetString();

    private static List<Watched<string>> Relabel(List<Watched<string>> watched, string label)
        => [.. watched.Select(one => one with { Label = label })];

    private static async Task ReuseAsync(KillScene scene, IssuerProcess issuer)
    {
        var next = await At(scene).RefreshAsync(scene.Mine);
        scene.RefreshTokens = [new(next.RefreshToken)];
        scene.AccessTokens.Add(new(next.AccessToken));
        Assert.False(await issuer.Client.IsRefreshableAsync(scene.Parent));
    }

    private static Task<JsonElement> RevokeAsync(KillScene scene, object order)
        => scene.Deployment.AdministerAsync(HttpMethod.Post, "/admin/revocations", order);

    private static async Task RevokeByClientAsync(KillScene scene, string token)
    {
        using var form = new FormUrlEncodedContent([new("client_id", "spa"), new("token", token)]);
        using var response = await At(scene).Http.PostAsync(new Uri("/oauth/revoke", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
