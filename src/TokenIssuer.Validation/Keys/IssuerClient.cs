using System.Net.Http.Headers;
using System.Text;

namespace TokenIssuer.Validation.Keys;

/// <summary>The HTTP client for the issuer: no redirects, so that neither credentials nor trust follow one.</summary>
internal static class IssuerClient
{
    public const string Name = "TokenIssuer";

    private const int MaxDocument = 1024 * 1024;

    public static void Configure(HttpClient client)
    {
        client.Timeout = TimeSpan.FromSeconds(10);
        client.MaxResponseContentBufferSize = MaxDocument;
    }

    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    /// <summary>Who this API is to the issuer. RFC 6749 §2.3.1: both halves are form-encoded before they are joined.</summary>
    public static AuthenticationHeaderValue CredentialsOf(TokenIssuerValidationOptions options)
    {
        var pair = $"{Uri.EscapeDataString(options.ClientId ?? string.Empty)}:{Uri.EscapeDataString(options.ClientSecret ?? string.Empty)}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }

    /// <summary>Whether keys and revocations may come from there: an address that anybody on the way can answer for lets anybody in.</summary>
    public static bool MayCall(Uri address, TokenIssuerValidationOptions options)
        => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && options.AllowHttp);
}
