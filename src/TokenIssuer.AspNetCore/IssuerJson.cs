using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Admin;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.AspNetCore.OAuth;

namespace TokenIssuer.AspNetCore;

/// <summary>
/// Serialization of the wire contract, generated at build time. A member that stands twice is refused: two readers could
/// take different ones for true. Unknown members are ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 8)]
[JsonSerializable(typeof(OAuthErrorBody))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(TokenAnswerBody))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(RefreshBody))]
[JsonSerializable(typeof(LogoutBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(TotpOrder))]
[JsonSerializable(typeof(TotpBody))]
[JsonSerializable(typeof(SessionsBody))]
[JsonSerializable(typeof(MeBody))]
[JsonSerializable(typeof(IntrospectionBody))]
[JsonSerializable(typeof(MetadataBody))]
[JsonSerializable(typeof(JwksBody))]
[JsonSerializable(typeof(ApiTokenOrder))]
[JsonSerializable(typeof(ApiTokenBody))]
[JsonSerializable(typeof(ApiTokensBody))]
[JsonSerializable(typeof(RevocationOrder))]
[JsonSerializable(typeof(RevocationResult))]
[JsonSerializable(typeof(KeysBody))]
[JsonSerializable(typeof(SignsFromBody))]
[JsonSerializable(typeof(AuditBody))]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(UserOrder))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UsersBody))]
internal sealed partial class IssuerJson : JsonSerializerContext;

/// <summary>Writes JSON answers with their length.</summary>
internal static class JsonAnswers
{
    public static Task WriteJsonAsync<T>(this HttpResponse response, T body, JsonTypeInfo<T> type, string mediaType = "application/json")
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        response.ContentType = mediaType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted).AsTask();
    }
}
