using TokenIssuer.Families;

namespace TokenIssuer;

/// <summary>The circumstances under which a session is started or refreshed.</summary>
/// <param name="ClientId">The client that asks.</param>
/// <param name="Scope">The scope asked for; <see cref="Scope.None"/> asks for all that may be had.</param>
/// <param name="Origin">What the owner will see in the list of devices.</param>
/// <param name="Agent">The raw agent, to notice replays from elsewhere; only a short hash is kept.</param>
/// <param name="Transport">The way the refresh tokens of a new session go.</param>
/// <param name="Replaces">
/// The session whose place a new one takes, because the same browser held it. One of the same user ends in the step that starts
/// the new one and does not count against the cap; one of somebody else is left alone.
/// </param>
public sealed record SessionRequest(
    string ClientId, Scope Scope, SessionOrigin Origin, string? Agent, TokenTransport Transport = TokenTransport.Cookie, SessionId? Replaces = null);
