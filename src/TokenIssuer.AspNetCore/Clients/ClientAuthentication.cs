using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Requests;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>Finds out which OAuth client sent a request (RFC 6749 §2.3, §3.2.1).</summary>
internal sealed class ClientAuthentication(ClientDirectory clients, ILogger<ClientAuthentication> logger)
{
    private const string ClientIdParameter = "client_id";
    private const string SecretParameter = "client_secret";

    /// <summary>By <c>client_secret_basic</c> alone, for requests without a body.</summary>
    public ClientVerdict Authenticate(HttpContext context) => Note(context, ByBasic(context.Request.Headers.Authorization));

    /// <summary>By <c>client_secret_basic</c>, <c>client_secret_post</c>, or as a public client; by one of them only.</summary>
    public ClientVerdict Authenticate(HttpContext context, FormBody form)
    {
        var basic = ByBasic(context.Request.Headers.Authorization);
        return (basic, form[ClientIdParameter], form[SecretParameter]) switch
        {
            (not ClientVerdict.Absent, _, not null) => new ClientVerdict.Ambiguous(),
            (ClientVerdict.Known { Client.ClientId: var proved }, { } claimed, null) when proved != claimed => new ClientVerdict.Ambiguous(),
            (not ClientVerdict.Absent, _, _) => Note(context, basic),
            (_, { } id, { } secret) => Note(context, Judge(clients.Authenticate(new ClientCredentials(id, secret)))),
            (_, { } id, null) => Note(context, Judge(clients.FindPublic(id))),
            _ => Note(context, basic),
        };
    }

    /// <summary>By <c>client_secret_basic</c> or as a public client; <see cref="ClientVerdict.Absent"/>, unlogged, when the request names none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="clientId">What its body names.</param>
    public ClientVerdict Authenticate(HttpContext context, string? clientId)
        => (ByBasic(context.Request.Headers.Authorization), clientId) switch
        {
            (ClientVerdict.Known { Client.ClientId: var proved }, { Length: > 0 } claimed) when proved != claimed => new ClientVerdict.Ambiguous(),
            (ClientVerdict.Absent absent, null or "") => absent,
            (ClientVerdict.Absent, { } id) => Note(context, Judge(clients.FindPublic(id))),
            (var basic, _) => Note(context, basic),
        };

    private ClientVerdict ByBasic(StringValues header)
    {
        if (!ClientCredentials.AreBasic(header))
        {
            return new ClientVerdict.Absent();
        }

        return ClientCredentials.TryReadBasic(header, out var basic)
            ? Judge(clients.Authenticate(basic) ?? clients.Authenticate(basic.Decoded))
            : new ClientVerdict.Refused();
    }

    private static ClientVerdict Judge(OAuthClient? client) => client is null ? new ClientVerdict.Refused() : new ClientVerdict.Known(client);

    private ClientVerdict Note(HttpContext context, ClientVerdict verdict)
    {
        if (verdict is not ClientVerdict.Known)
        {
            logger.ClientRefused(context.EndpointName());
        }

        return verdict;
    }
}
