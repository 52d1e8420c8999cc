using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.AspNetCore.OAuth;

/// <summary><c>POST /oauth/token</c> (RFC 6749 §3.2) with the grants <c>refresh_token</c> (§6) and <c>client_credentials</c> (§4.4).</summary>
internal sealed class TokenEndpoint(TokenAuthority authority, ClientAuthentication clients, RefreshGrant refreshGrant)
{
    public const string RefreshTokenGrant = "refresh_token";
    public const string ClientCredentialsGrant = "client_credentials";

    public async Task AnswerAsync(HttpContext context)
    {
        var reading = await FormBody.ReadAsync(context).ConfigureAwait(false);
        if (reading.Form is not { } form)
        {
            await context.RefuseAsync(reading.Refusal ?? Problems.BadRequest).ConfigureAwait(false);
            return;
        }

        if (clients.Authenticate(context, form) is var verdict && verdict is not ClientVerdict.Known)
        {
            await verdict.RefuseAsync(context).ConfigureAwait(false);
            return;
        }

        var client = ((ClientVerdict.Known)verdict).Client;
        var grantType = form["grant_type"];
        await (grantType switch
        {
            null => context.RefuseAsync(Problems.MissingGrantType),
            RefreshTokenGrant or ClientCredentialsGrant when !client.GrantTypes.Contains(grantType) => context.RefuseAsync(Problems.UnauthorizedClient),
            RefreshTokenGrant => RefreshAsync(context, client, form),
            ClientCredentialsGrant => IssueAsync(context, client, form),
            _ => context.RefuseAsync(Problems.UnsupportedGrantType),
        }).ConfigureAwait(false);
    }

    private Task RefreshAsync(HttpContext context, OAuthClient client, FormBody form)
        => form["refresh_token"] is { } token
            ? refreshGrant.AnswerAsync(context, new PresentedToken.One(new RefreshToken(token), TokenTransport.Body), client.ClientId, form["scope"])
            : context.RefuseAsync(Problems.MissingRefreshToken);

    private async Task IssueAsync(HttpContext context, OAuthClient client, FormBody form)
    {
        var allowed = Scope.Of([.. client.Scopes]);
        if (!Scope.TryParse(form["scope"], out var asked) || !allowed.Covers(asked))
        {
            await context.RefuseAsync(Problems.InvalidScope).ConfigureAwait(false);
            return;
        }

        var answer = await authority.IssueServiceTokenAsync(
            client.ClientId, asked == Scope.None ? allowed : asked, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteJsonAsync(TokenAnswerBody.Of(answer), IssuerJson.Default.TokenAnswerBody).ConfigureAwait(false);
    }
}
