using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>What a body claims to be.</summary>
internal static class MediaTypes
{
    /// <summary>Whether the body is typed as <paramref name="mediaType"/> in UTF-8: nothing else is guessed at.</summary>
    public static bool HasMediaType(this HttpRequest request, string mediaType)
        => request.ContentType == mediaType
        || (MediaTypeHeaderValue.TryParse(request.ContentType, out var given)
            && given.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            && (!given.Charset.HasValue || HeaderUtilities.RemoveQuotes(given.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
}
