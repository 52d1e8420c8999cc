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
        // The framework passes over white space and padding, so the alphabet is checked here; unused bits that are not zero
        // it refuses itself, and the overload with a status is the only one that does not throw at them.
        written = 0;
        return !text.ContainsAnyExcept(s_alphabet)
            && Base64Url.DecodeFromChars(text, destination, out _, out written) == OperationStatus.Done;
    }
}
