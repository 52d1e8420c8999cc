using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Reads a JSON body, as long as it is typed as JSON and of the expected form.</summary>
internal static class JsonBody
{
    public static async ValueTask<JsonReading<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
        => await RequestBody.ReadAsync(context).ConfigureAwait(false) switch
        {
            null => new JsonReading<T>(null, Problems.TooLarge),
            { Length: 0 } => new JsonReading<T>(null, null),
            var body when context.Request.HasMediaType(MediaTypeNames.Application.Json) => Parse(body, type),
            _ => new JsonReading<T>(null, Problems.UnsupportedMediaType),
        };

    private static JsonReading<T> Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value
                ? new JsonReading<T>(value, null)
                : new JsonReading<T>(null, Problems.MalformedBody);
        }
        catch (JsonException)
        {
            return new JsonReading<T>(null, Problems.MalformedBody);
        }
    }
}

/// <summary>What was in a body. Neither value nor refusal: there was no body.</summary>
internal readonly record struct JsonReading<T>(T? Value, Problem? Refusal)
    where T : class;
