using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>
/// The user directory, as administrators change it. Hosts that supply it get <c>/admin/users</c>; revoking what a change makes
/// invalid is the caller's part and follows each change, unless the directory says that it has done so.
/// </summary>
public interface IUserAdministration
{
    /// <summary>Searches users by name.</summary>
    /// <param name="query">A part of the name, in any case; null or empty for all.</param>
    /// <param name="cursor">Where the page starts, from <see cref="UserPage.Next"/>; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserPage> SearchAsync(string? query, string? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>Finds one user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when there is no such user.</returns>
    Task<UserAccount?> FindAsync(Subject user, CancellationToken cancellationToken);

    /// <summary>Creates a user.</summary>
    /// <param name="username">The name; must be free.</param>
    /// <param name="password">The first password; must keep the rules.</param>
    /// <param name="roles">The roles; created if they are new. Names that differ in case alone are one role.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserChange> CreateAsync(string username, string password, IReadOnlyList<string> roles, CancellationToken cancellationToken);

    /// <summary>Keeps a user from signing in.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserChange> DisableAsync(Subject user, CancellationToken cancellationToken);

    /// <summary>Lets a user sign in again. What was revoked stays revoked.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserChange> EnableAsync(Subject user, CancellationToken cancellationToken);

    /// <summary>Sets a password without knowing the old one.</summary>
    /// <param name="user">The user.</param>
    /// <param name="password">Must keep the rules.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserChange> SetPasswordAsync(Subject user, string password, CancellationToken cancellationToken);

    /// <summary>Replaces a user's roles.</summary>
    /// <param name="user">The user.</param>
    /// <param name="roles">All roles from now on. Names that differ in case alone are one role.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<UserChange> SetRolesAsync(Subject user, IReadOnlyList<string> roles, CancellationToken cancellationToken);

    /// <summary>Deletes a user for good. The name is free again; the id is never given to anybody else.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The user as it was.</returns>
    Task<UserChange> DeleteAsync(Subject user, CancellationToken cancellationToken);
}
