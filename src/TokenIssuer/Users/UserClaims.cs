using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>What the directory says of a user in this moment.</summary>
/// <param name="Subject">The <c>sub</c>.</param>
/// <param name="Username">The name shown to the user.</param>
/// <param name="Roles">The <c>roles</c> claim.</param>
/// <param name="Amr">How a login that is verified now was proven (RFC 8176), separated by spaces.</param>
public sealed record UserClaims(Subject Subject, string Username, IReadOnlyList<string> Roles, string Amr = "pwd");
