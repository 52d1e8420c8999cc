namespace TokenIssuer.Families;

/// <summary>A living session, as its owner and administrators see it. Holds nothing that opens anything.</summary>
/// <param name="Id">The <c>sid</c>.</param>
/// <param name="CreatedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When it was last refreshed.</param>
/// <param name="IdleEnd">When it dies unless refreshed before.</param>
/// <param name="AbsoluteEnd">When it dies whatever happens.</param>
/// <param name="Origin">Where it was started.</param>
/// <param name="ClientId">The client that holds it.</param>
/// <param name="Amr">How the user had proven who they are (RFC 8176), separated by spaces.</param>
/// <param name="Transport">The way its refresh tokens go.</param>
public sealed record Session(
    SessionId Id,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset IdleEnd,
    DateTimeOffset AbsoluteEnd,
    SessionOrigin Origin,
    string ClientId,
    string Amr,
    TokenTransport Transport);
