using System.Text;

namespace TokenIssuer.Redis.Records;

/// <summary>
/// Writes the words that nearly every session has (authentication methods of RFC 8176 §2, browsers, systems) as one
/// character each, out of those that no text has.
/// </summary>
internal static class Abbreviation
{
    // The place in this list is the code in the store: only ever add at the end, up to 31 words. A longer word stands
    // before one that it begins with.
    private static readonly string[] s_words =
    [
        "pwd", "otp", "mfa", "hwk", "swk", "pop", "sms",
        " · Windows", " · macOS", " · Linux", " · Android", " · iOS", " · iPadOS", " · ChromeOS",
        "Chrome ", "Firefox ", "Safari ", "Edge ", "Opera ", "Samsung Internet ",
    ];

    public static string Shorten(string text)
    {
        var shorter = new StringBuilder(text);
        foreach (var control in text.Where(char.IsControl).Distinct().ToList())
        {
            shorter.Replace(control, ' ');
        }

        foreach (var (code, word) in s_words.Index())
        {
            shorter.Replace(word, ((char)(code + 1)).ToString());
        }

        return shorter.ToString();
    }

    public static string Expand(string text)
    {
        var longer = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            longer.Append(c > 0 && c <= s_words.Length ? s_words[c - 1] : c.ToString());
        }

        return longer.ToString();
    }
}
