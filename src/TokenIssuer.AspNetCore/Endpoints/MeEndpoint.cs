using System.Globalization;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Users;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>GET /auth/me</c>: who is signed in, fresh from the directory.</summary>
internal sealed class MeEndpoint(UserDirectory directory)
{
    public async Task GetAsync(HttpContext context)
    {
        var token = context.BearerToken();
        var user = await directory.LoadAsync(token.Subject, context.RequestAborted).ConfigureAwait(false);
        if (user is null)
        {
            // Gone or disabled a moment ago; the revocation is on its way.
            await context.RefuseAsync(Problems.InvalidToken).ConfigureAwait(false);
            return;
        }

        var authTime = context.User.FindFirst("auth_time")?.Value;
        var body = new MeBody(
            user.Subject.Value,
            user.Username,
            user.Roles,
            token.Identity.Session.ToString(),
            authTime is null ? null : long.Parse(authTime, CultureInfo.InvariantCulture));
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.MeBody).ConfigureAwait(false);
    }
}

/// <summary>The user; <c>auth_time</c> in seconds since 1970, as in the token.</summary>
internal sealed record MeBody(string Sub, string Username, IReadOnlyList<string> Roles, string SessionId, long? AuthTime);
