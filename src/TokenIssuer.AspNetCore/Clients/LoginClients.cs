using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.AspNetCore.OAuth;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>
/// Finds out for which client a login starts its session: the built-in one, unless the request authenticates another (RFC 6749
/// §2.3.1) or names a public one. A session refreshes under its own client alone (§6), so that of another client never uses the cookie.
/// </summary>
internal sealed class LoginClients(ClientAuthentication clients, IOptions<TokenIssuerOptions> options)
{
    public LoginParty Identify(HttpContext context, LoginBody body)
    {
        if (!Scope.TryParse(body.Scope, out var asked))
        {
            return new LoginParty.Refused(Problems.InvalidScope);
        }

        return clients.Authenticate(context, body.ClientId) switch
        {
            ClientVerdict.Absent or ClientVerdict.Known { Client.ClientId: OAuthClient.SpaClientId }
                => new LoginParty.Known(OAuthClient.SpaClientId, asked, body.Delivery == "body" ? TokenTransport.Body : TokenTransport.Cookie),
            ClientVerdict.Known { Client: var client } => Admit(client, asked, body.Delivery),
            var verdict => new LoginParty.Unproved(verdict),
        };
    }

    private LoginParty Admit(OAuthClient client, Scope asked, string? delivery)
    {
        if (!client.GrantTypes.Contains(TokenEndpoint.RefreshTokenGrant))
        {
            return new LoginParty.Refused(Problems.UnauthorizedClient);
        }

        if (delivery == "cookie")
        {
            return new LoginParty.Refused(Problems.CookieOfOtherClient);
        }

        var allowed = Scope.Of([.. options.Value.Scopes.Intersect(client.Scopes, StringComparer.Ordinal)]);
        var granted = asked == Scope.None ? allowed : asked;
        return granted != Scope.None && allowed.Covers(granted)
            ? new LoginParty.Known(client.ClientId, granted, TokenTransport.Body)
            : new LoginParty.Refused(Problems.InvalidScope);
    }
}

/// <summary>Who wants a user signed in, and what for.</summary>
internal abstract record LoginParty
{
    private LoginParty()
    {
    }

    /// <summary>The client, what its session may do, and the way its tokens go.</summary>
    public sealed record Known(string ClientId, Scope Scope, TokenTransport Transport) : LoginParty;

    /// <summary>A client that did not prove itself.</summary>
    public sealed record Unproved(ClientVerdict Verdict) : LoginParty;

    /// <summary>It asks for what it may not have.</summary>
    public sealed record Refused(Problem Problem) : LoginParty;
}
