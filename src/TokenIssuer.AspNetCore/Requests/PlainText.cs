using System.Buffers;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>
/// Text that is shown beside other text: control characters and those that turn the direction of writing (UAX #9) would make a list
/// of sessions read as something else.
/// </summary>
internal static class PlainText
{
    private static readonly SearchValues<char> s_turning
        = SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    public static bool Is(string text) => !text.AsSpan().ContainsAny(s_turning) && !text.Any(char.IsControl);
}
