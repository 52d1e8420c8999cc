using System.Buffers.Text;
using System.Text.Json;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Reads tokens without believing them.</summary>
internal static class JwtText
{
    public static JsonElement Header(string token) => Part(token, 0);

    public static JsonElement Payload(string token) => Part(token, 1);

    private static JsonElement Part(string token, int index)
        => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement;
}
