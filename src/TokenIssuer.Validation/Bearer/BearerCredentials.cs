using Microsoft.Extensions.Primitives;

namespace TokenIssuer.Validation.Bearer;

/// <summary>Reads <c>Authorization: Bearer …</c> (RFC 6750 §2.1): one header, one space, one token.</summary>
internal static class BearerCredentials
{
    private const string Scheme = "Bearer";

    /// <param name="header">The header as it came.</param>
    /// <param name="token">The token; null when there are bearer credentials that can't be read.</param>
    /// <returns>False when there are no bearer credentials at all.</returns>
    public static bool TryRead(StringValues header, out string? token)
    {
        token = null;
        if (header.Count != 1)
        {
            return header.Count > 1;
        }

        var text = header[0];
        if (text is null || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (text.Length > Scheme.Length + 1 && text[Scheme.Length] == ' ')
        {
            // A second token, a comma or white space is no character of a token, and refused with it.
            token = text[(Scheme.Length + 1)..];
        }

        return true;
    }
}
