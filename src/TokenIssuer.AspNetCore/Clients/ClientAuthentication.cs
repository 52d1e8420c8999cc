using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Edge;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>Finds out which OAuth client sent a request (RFC 6749 §2.3).</summary>
internal sealed class ClientAuthentication(ClientDirectory clients, ILogger<ClientAuthentication> logger)
{
    /// <summary>The same for unknown clients and wrong secrets (RFC 6749 §5.2).</summary>
    public const string Challenge = "Basic realm=\"TokenIssuer\", charset=\"UTF-8\"";

    /// <summary>By <c>client_secret_basic</c>.</summary>
    /// <returns>Null when the request does not prove to be from a client.</returns>
    public OAuthClient? Authenticate(HttpContext context)
    {
        var client = ClientCredentials.TryReadBasic(context.Request.Headers.Authorization, out var basic)
            ? clients.Authenticate(basic) ?? clients.Authenticate(basic.Decoded)
            : null;
        if (client is null)
        {
            logger.ClientRefused(context.EndpointName());
        }

        return client;
    }
}
