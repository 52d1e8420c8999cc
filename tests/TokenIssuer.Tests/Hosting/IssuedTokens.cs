using System.Text.Json;

namespace TokenIssuer.Tests.Hosting;

/// <summary>What a client keeps of a token answer.</summary>
internal sealed record IssuedTokens(string AccessToken, string RefreshToken, string SessionId)
{
    public static IssuedTokens Read(JsonElement answer) => new(
        answer.GetProperty("access_token").GetString()!,
        answer.TryGetProperty("refresh_token", out var refresh) ? refresh.GetString()! : string.Empty,
        answer.GetProperty("session_id").GetString()!);
}
