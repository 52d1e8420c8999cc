namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// The members of the header that count. Keys and addresses in it (<c>jwk</c>, <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never looked at:
/// a token does not get to say who vouches for it (RFC 8725 §3.10).
/// </summary>
internal sealed record TokenHeader(string Algorithm, string KeyId, string? Type)
{
    private const int MaxKeyIdLength = 256;

    /// <summary>RFC 9068 §2.1: <c>at+jwt</c>, with or without its prefix; nothing else is an access token.</summary>
    public bool IsAccessToken => Type is "at+jwt" or "application/at+jwt";

    /// <summary>Null when it is malformed or asks for processing that is not offered.</summary>
    public static TokenHeader? Read(CompactToken token)
    {
        using var header = StrictJson.Read(token.Header);
        if (header is null || AsksForMore(header))
        {
            return null;
        }

        try
        {
            return header.Text("alg"u8) is { Length: > 0 } algorithm && header.Text("kid"u8) is { Length: > 0 and <= MaxKeyIdLength } keyId
                ? new TokenHeader(algorithm, keyId, header.Text("typ"u8))
                : null;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate in an escape.
            return null;
        }
    }

    /// <summary>RFC 7515 §4.1.11: an extension that is not understood must be refused, and none is; nor is encryption or compression.</summary>
    private static bool AsksForMore(StrictJson header)
        => header.Has("crit"u8) || header.Has("b64"u8) || header.Has("enc"u8) || header.Has("zip"u8);
}
