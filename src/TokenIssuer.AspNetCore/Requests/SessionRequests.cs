using Microsoft.AspNetCore.Http;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Gathers the circumstances of a request for <see cref="TokenAuthority"/>.</summary>
internal static class SessionRequests
{
    /// <summary>For a new session: with all that its owner will see of it.</summary>
    public static SessionRequest ForNewSession(HttpContext context, string clientId, Scope scope, string? device, TokenTransport transport)
    {
        var agent = AgentOf(context);
        var origin = new SessionOrigin(
            string.IsNullOrWhiteSpace(device) ? null : device,
            UserAgentName.Of(agent),
            CoarseAddress.Of(context.Connection.RemoteIpAddress));
        return new SessionRequest(clientId, scope, origin, agent, transport);
    }

    /// <summary>For a session that is there: only what a rotation is judged by.</summary>
    public static SessionRequest ForRefresh(HttpContext context, string clientId, Scope scope)
        => new(clientId, scope, SessionOrigin.Unknown, AgentOf(context));

    private static string? AgentOf(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent;
        return agent.Count == 0 ? null : agent.ToString();
    }
}
