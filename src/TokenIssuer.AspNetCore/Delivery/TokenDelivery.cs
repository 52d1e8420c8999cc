using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>Answers with tokens, the refresh token by one way and never by both.</summary>
internal sealed class TokenDelivery(RefreshCookie cookie)
{
    public Task AnswerAsync(HttpContext context, TokenAnswer answer, TokenTransport transport)
    {
        if (transport == TokenTransport.Cookie)
        {
            cookie.Set(context, answer);
        }

        return context.Response.WriteJsonAsync(TokenAnswerBody.Of(answer, transport), IssuerJson.Default.TokenAnswerBody);
    }
}
