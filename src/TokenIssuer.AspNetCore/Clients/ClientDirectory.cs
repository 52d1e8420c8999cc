using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>
/// The OAuth clients of the configuration. Secrets are compared as hashes in fixed time, and an unknown client costs the
/// same comparison as a wrong secret.
/// </summary>
internal sealed class ClientDirectory(IOptions<TokenIssuerOptions> options)
{
    private static readonly byte[] s_nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    private readonly Dictionary<string, KnownClient> _clients = options.Value.Clients
        .Append(new OAuthClient { ClientId = OAuthClient.SpaClientId, Public = true, GrantTypes = { "refresh_token" } })
        .ToDictionary(client => client.ClientId, client => new KnownClient(client, HashOf(client)), StringComparer.Ordinal);

    /// <returns>Null when there is no such client or the secret is not its own: which of both, nobody is told.</returns>
    public OAuthClient? Authenticate(ClientCredentials credentials)
    {
        var known = _clients.GetValueOrDefault(credentials.ClientId);
        Span<byte> offered = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(credentials.Secret), offered);
        var matches = CryptographicOperations.FixedTimeEquals(offered, known?.SecretHash ?? s_nobody);
        return matches ? known?.Client : null;
    }

    /// <returns>Null when there is no such client or it has a secret and must prove it.</returns>
    public OAuthClient? FindPublic(string clientId)
        => _clients.GetValueOrDefault(clientId) is { Client: { Public: true } client } ? client : null;

    private static byte[] HashOf(OAuthClient client) => client switch
    {
        { SecretHash: { Length: > 0 } hash } => Convert.FromHexString(hash),
        { Secret: { Length: > 0 } secret } => SHA256.HashData(Encoding.UTF8.GetBytes(secret)),
        _ => s_nobody,
    };

    private sealed record KnownClient(OAuthClient Client, byte[] SecretHash);
}
