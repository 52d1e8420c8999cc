using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>How a refresh token travels to its client.</summary>
internal enum TokenTransport
{
    /// <summary>Only as a cookie that scripts can't read. The default.</summary>
    Cookie = 0,

    /// <summary>In the JSON, for clients that are no browsers.</summary>
    Body = 1,
}

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
