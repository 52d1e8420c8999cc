using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using TokenIssuer.Families;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// One part of a token as a JSON object that can be read in one way only: canonical base64url, valid UTF-8, no member
/// twice (RFC 7515 §4 leaves last-wins open; an issuer and an API that disagree about it can be played off against each other).
/// </summary>
internal sealed class StrictJson : IDisposable
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly byte[] _buffer;
    private readonly JsonDocument _document;

    private StrictJson(byte[] buffer, JsonDocument document)
    {
        _buffer = buffer;
        _document = document;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>Null when the part is no such object.</summary>
    public static StrictJson? Read(ReadOnlySpan<char> part)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(part.Length);
        if (CanonicalBase64Url.TryDecode(part, buffer, out var written) && Utf8.IsValid(buffer.AsSpan(0, written)))
        {
            try
            {
                var document = JsonDocument.Parse(buffer.AsMemory(0, written), s_options);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    return new StrictJson(buffer, document);
                }

                document.Dispose();
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException)
            {
                // Not JSON, or an escape that is no character: what a stranger sends is never an error of ours.
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return null;
    }

    /// <summary>The text of a member; null when it is missing or no string.</summary>
    public string? Text(ReadOnlySpan<byte> name)
        => Root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A whole number; null when the member is missing or anything else (a fraction, an exponent, a string).</summary>
    public long? Whole(ReadOnlySpan<byte> name)
        => Root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    public bool Has(ReadOnlySpan<byte> name) => Root.TryGetProperty(name, out _);

    public void Dispose()
    {
        _document.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
