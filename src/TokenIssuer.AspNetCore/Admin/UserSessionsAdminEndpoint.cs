using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>GET /admin/users/{id}/sessions</c>: as the user sees them. An unknown user has none.</summary>
internal sealed class UserSessionsAdminEndpoint(TokenAuthority authority)
{
    public const string IdParameter = "id";
    private const int MaxId = 255;

    public async Task ListAsync(HttpContext context)
    {
        if (context.GetRouteValue(IdParameter) is not string { Length: > 0 and <= MaxId } id || id.Any(char.IsControl))
        {
            await context.RefuseAsync(Problems.NotFound).ConfigureAwait(false);
            return;
        }

        var current = context.BearerToken().Identity.Session;
        var sessions = await authority.ListSessionsAsync(new Subject(id), context.RequestAborted).ConfigureAwait(false);
        var body = new SessionsBody([.. sessions.Select(session => SessionBody.Of(session, current))]);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.SessionsBody).ConfigureAwait(false);
    }
}
