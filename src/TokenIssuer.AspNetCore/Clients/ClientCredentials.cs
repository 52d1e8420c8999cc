using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>The id and the secret that a client offers (RFC 6749 §2.3.1). Never printed.</summary>
internal sealed class ClientCredentials(string clientId, string secret)
{
    private const string Scheme = "Basic ";
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string ClientId { get; } = clientId;

    public string Secret { get; } = secret;

    /// <summary>
    /// As RFC 6749 wants HTTP Basic read: both parts form-encoded. Many clients leave the encoding out, so both readings are
    /// tried: where they differ, at most one can be a client's.
    /// </summary>
    public ClientCredentials Decoded => new(WebUtility.UrlDecode(ClientId), WebUtility.UrlDecode(Secret));

    /// <summary>Whether there are credentials of this kind at all, well-formed or not.</summary>
    public static bool AreBasic(StringValues header)
        => header.Count > 0 && header[0] is { } text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>client_secret_basic</c>.</summary>
    /// <returns>False when the header is absent or something else.</returns>
    public static bool TryReadBasic(StringValues header, [NotNullWhen(true)] out ClientCredentials? credentials)
    {
        credentials = null;
        if (header is not [{ } text] || !AreBasic(header))
        {
            return false;
        }

        var encoded = text.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return false;
        }

        try
        {
            var pair = s_strict.GetString(bytes, 0, length);
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            credentials = colon < 0 ? null : new ClientCredentials(pair[..colon], pair[(colon + 1)..]);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        return credentials is not null;
    }

    /// <summary>A fixed mask, never the secret.</summary>
    public override string ToString() => "(client credentials)";
}
