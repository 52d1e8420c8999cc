using TokenIssuer.Families;

namespace TokenIssuer.AccessTokens;

/// <summary>What an access token is to say.</summary>
/// <param name="Session">The family, or a session of its own for a service token.</param>
/// <param name="Subject">The user or client.</param>
/// <param name="ClientId">The client it is for.</param>
/// <param name="Scope">The scope granted.</param>
/// <param name="Generation">The effective generation of the subject.</param>
/// <param name="Roles">The user's roles now.</param>
/// <param name="Amr">How the user proved who they are (RFC 8176); empty for clients.</param>
/// <param name="AuthenticatedAt">When.</param>
/// <param name="Now">The time of the step that allowed it.</param>
/// <param name="End">The end of the session: no access token outlives it.</param>
internal sealed record AccessTokenGrant(
    SessionId Session,
    Subject Subject,
    string ClientId,
    Scope Scope,
    long Generation,
    IReadOnlyList<string> Roles,
    string Amr,
    DateTimeOffset AuthenticatedAt,
    DateTimeOffset Now,
    DateTimeOffset End);
