using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Server.Users;

/// <summary>
/// One spelling for each user name. Names are ASCII: the process runs without culture tables, so that nothing else could
/// be compared reliably, and look-alike letters can't make a second account of a name.
/// </summary>
internal sealed class AsciiNames : ILookupNormalizer
{
    /// <summary>No colon: nobody's name may look like the subject of a client.</summary>
    public const string AllowedCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@+";

    /// <summary>PostgreSQL knows no NUL in a text and refuses the whole statement; no name has one.</summary>
    public static string? WithoutNul(string? text) => text?.Replace('\0', '\uFFFD');

    public string? NormalizeName(string? name) => name?.Trim().ToUpperInvariant();

    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
