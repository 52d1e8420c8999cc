using System.Buffers;
using System.Buffers.Text;

namespace TokenIssuer.Families;

/// <summary>
/// Decodes base64url (RFC 4648 §5) in its one canonical spelling: no padding, no white space, unused bits zero.
/// Otherwise one secret would have several spellings, and a check on the text could be slipped past.
/// </summary>
internal static class CanonicalBase64Url
{
    private static readonly SearchValues<char> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        return !text.ContainsAnyExcept(s_alphabet)
            && text.Length % 4 != 1
            && Base64Url.GetMaxDecodedLength(text.Length) <= destination.Length
            && Base64Url.TryDecodeFromChars(text, destination, out written)
            && HasZeroUnusedBits(text, destination[..written]);
    }

    private static bool HasZeroUnusedBits(ReadOnlySpan<char> text, ReadOnlySpan<byte> decoded)
    {
        var tail = decoded.Length % 3;
        if (tail == 0)
        {
            return true;
        }

        Span<char> last = stackalloc char[4];
        var count = Base64Url.EncodeToChars(decoded[^tail..], last);
        return text[^count..].SequenceEqual(last[..count]);
    }
}
