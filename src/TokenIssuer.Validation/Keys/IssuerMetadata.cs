using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Validation.Keys;

/// <summary>Reads the issuer's metadata (RFC 8414) and key set (RFC 7517 §5) over HTTP.</summary>
internal sealed class IssuerMetadata(IHttpClientFactory clients, IOptions<TokenIssuerValidationOptions> options)
{
    public string Address => options.Value.Authority.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <param name="expectedIssuer">The issuer that the metadata must name; null takes what it names.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">What came is not metadata of this issuer, or not a key set.</exception>
    /// <exception cref="HttpRequestException">The issuer can't be reached.</exception>
    public async Task<KeySet> ReadAsync(string? expectedIssuer, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(IssuerClient.Name);
        var metadata = Parse(await ReadAsync(client, Address, cancellationToken).ConfigureAwait(false), text => new OpenIdConnectConfiguration(text));
        if (metadata.Issuer is not { Length: > 0 } issuer || (expectedIssuer is not null && expectedIssuer != issuer))
        {
            throw new FormatException($"{Address} names the issuer \"{metadata.Issuer}\", not \"{expectedIssuer}\".");
        }

        if (!Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var address) || !IssuerClient.MayCall(address, options.Value))
        {
            throw new FormatException($"{Address} names the key set \"{metadata.JwksUri}\", which is no https address.");
        }

        var keys = Parse(await ReadAsync(client, address.ToString(), cancellationToken).ConfigureAwait(false), text => new JsonWebKeySet(text));
        return KeySet.Of(issuer, [.. keys.Keys]);
    }

    private static async Task<string> ReadAsync(HttpClient client, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetStringAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException failure)
        {
            throw new FormatException($"{address} is written in a character set that does not exist.", failure);
        }
    }

    private static T Parse<T>(string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            throw new FormatException("The issuer's metadata or key set is not what RFC 8414 and RFC 7517 describe.", failure);
        }
    }
}
