using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>A user as administrators see one.</summary>
/// <param name="Id">The <c>sub</c> of the user's tokens.</param>
/// <param name="Username">The name to sign in with.</param>
/// <param name="Roles">The roles, sorted.</param>
/// <param name="IsDisabled">Whether an administrator has locked the user out.</param>
public sealed record UserAccount(Subject Id, string Username, IReadOnlyList<string> Roles, bool IsDisabled);
