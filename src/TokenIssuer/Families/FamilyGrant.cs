namespace TokenIssuer.Families;

/// <summary>What a login granted to its family; fixed until the family ends.</summary>
/// <param name="Subject">Whose family it is.</param>
/// <param name="ClientId">The client that signed the user in, and the only one that may refresh.</param>
/// <param name="Scope">The widest scope a refresh may ask for.</param>
/// <param name="Amr">How the user proved who they are (RFC 8176), separated by spaces.</param>
/// <param name="Transport">The way its refresh tokens go.</param>
/// <param name="Binding">Reserved for the thumbprint of a DPoP key (RFC 9449 §6.1); null while unbound.</param>
internal sealed record FamilyGrant(Subject Subject, string ClientId, Scope Scope, string Amr, TokenTransport Transport = TokenTransport.Cookie, string? Binding = null);
