using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>The user directory, as far as the issuer needs it. Hosts supply it; the server does with ASP.NET Core Identity.</summary>
/// <remarks>Trouble in the directory throws; it is answered with 503, never as wrong credentials.</remarks>
public interface ICredentialVerifier
{
    /// <summary>Finds whose name this is. Verifies nothing.</summary>
    /// <param name="username">The name as typed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when nobody has that name.</returns>
    Task<Subject?> FindAsync(string username, CancellationToken cancellationToken);

    /// <summary>Verifies credentials, in about the same time whether the user exists or not.</summary>
    /// <param name="subject">Who was found; null must be refused after the work of a real verification.</param>
    /// <param name="credentials">What was offered.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken);

    /// <summary>Loads what goes into a user's tokens, fresh from the directory.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when the user is gone or may not sign in.</returns>
    Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a password if the current one is right. When it returns, the change is durable. Before it is called
    /// <see cref="VerifyAsync"/> has found the same password right, and tells whether a second factor was shown.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="currentPassword">Counted by the lock-out like a login.</param>
    /// <param name="newPassword">Checked against the directory's rules.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<PasswordChange> ChangePasswordAsync(Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken);
}
