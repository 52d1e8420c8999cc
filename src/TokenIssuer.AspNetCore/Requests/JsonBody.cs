using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Reads a whole JSON body, as long as it is small, typed as JSON and of the expected form.</summary>
internal static class JsonBody
{
    public static async ValueTask<JsonReading<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var request = context.Request;
        if (request.ContentLength > InputLimits.Body)
        {
            return new JsonReading<T>(null, Problems.TooLarge);
        }

        var read = await ReadToEndAsync(request.BodyReader, context.RequestAborted).ConfigureAwait(false);
        var reading = read.Buffer switch
        {
            { IsEmpty: true } => new JsonReading<T>(null, null),
            { Length: > InputLimits.Body } => new JsonReading<T>(null, Problems.TooLarge),
            var body => IsJson(request.ContentType) ? Parse(body, type) : new JsonReading<T>(null, Problems.UnsupportedMediaType),
        };
        request.BodyReader.AdvanceTo(read.Buffer.End);
        return reading;
    }

    /// <summary>Stops early once there is too much.</summary>
    private static async ValueTask<ReadResult> ReadToEndAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.IsCompleted || read.Buffer.Length > InputLimits.Body)
            {
                return read;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool IsJson(string? contentType)
        => contentType == MediaTypeNames.Application.Json
        || (MediaTypeHeaderValue.TryParse(contentType, out var media)
            && media.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));

    private static JsonReading<T> Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var value = body.IsSingleSegment
                ? JsonSerializer.Deserialize(body.FirstSpan, type)
                : JsonSerializer.Deserialize(body.ToArray(), type);
            return value is null ? new JsonReading<T>(null, Problems.MalformedBody) : new JsonReading<T>(value, null);
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
