using TokenIssuer.Users;

namespace TokenIssuer.ApiTokens;

/// <summary>A living API token and its owner, as introspection tells a resource API (RFC 7662 §2.2).</summary>
/// <param name="Description">The token.</param>
/// <param name="User">The owner with the roles of this moment.</param>
/// <param name="Birth">The generation it was born with: dead as soon as the user's API floor passes it.</param>
public sealed record ApiTokenInspection(ApiTokenDescription Description, UserClaims User, long Birth);
