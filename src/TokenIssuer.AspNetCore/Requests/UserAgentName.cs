using System.Text.RegularExpressions;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>
/// Names an agent for the list of sessions: <c>Chrome 141 · Windows</c>. A hint for the owner, who knows their devices;
/// agents can claim anything, so nothing is decided by it.
/// </summary>
internal static partial class UserAgentName
{
    /// <summary>Longer headers are not looked at to their end.</summary>
    private const int MaxRead = 512;

    // The order matters: Edge and Opera also claim to be Chrome, Chrome also claims to be Safari.
    private static readonly (string Token, string Name)[] s_browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
    ];

    // Android also claims to be Linux, an iPhone also claims to be like Mac OS X.
    private static readonly (string Token, string Name)[] s_systems =
    [
        ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    /// <returns>At most 64 bytes; null when the header says nothing usable.</returns>
    public static string? Of(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
        {
            return null;
        }

        var text = header.Length > MaxRead ? header[..MaxRead] : header;
        var agent = Browser(text) ?? Product(text);
        var system = s_systems.FirstOrDefault(system => text.Contains(system.Token, StringComparison.Ordinal)).Name;
        return (agent, system) switch
        {
            (null, _) => system,
            (_, null) => agent,
            _ => $"{agent} · {system}",
        };
    }

    private static string? Browser(string text)
    {
        foreach (var (token, name) in s_browsers)
        {
            var start = text.IndexOf(token, StringComparison.Ordinal);
            if (start >= 0)
            {
                return WithMajor(name, text.AsSpan(start + token.Length));
            }
        }

        return null;
    }

    /// <summary>The first product of RFC 9110 §10.1.5, such as <c>curl/8.5.0</c>.</summary>
    private static string? Product(string text)
    {
        var match = FirstProduct().Match(text);
        return match.Success ? WithMajor(match.Groups["name"].Value, match.Groups["version"].ValueSpan) : null;
    }

    private static string WithMajor(string name, ReadOnlySpan<char> version)
    {
        var length = version.IndexOfAnyExceptInRange('0', '9');
        var major = version[..(length < 0 ? version.Length : length)];
        return major.Length is > 0 and <= 6 ? $"{name} {major}" : name;
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9._-]{0,31})(/(?<version>[0-9]{1,6}))?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstProduct();
}
