using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>
/// The authenticator apps of users. Hosts that supply it get <c>/auth/totp</c>; whoever calls it has had the user's credentials
/// verified before, and revokes after a second factor was replaced or removed.
/// </summary>
public interface ISecondFactors
{
    /// <summary>Makes a secret for a new second factor. Logins are as before until it is confirmed, within 10 minutes.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when there is no such user.</returns>
    Task<TotpSecret?> BeginAsync(Subject user, CancellationToken cancellationToken);

    /// <summary>Turns the new second factor on if the app knows its secret. The code opens nothing afterwards.</summary>
    /// <param name="user">The user.</param>
    /// <param name="code">What the app shows.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<SecondFactorConfirmation> ConfirmAsync(Subject user, string code, CancellationToken cancellationToken);

    /// <summary>Takes the second factor away, and one that was begun as well.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the user had none.</returns>
    Task<bool> RemoveAsync(Subject user, CancellationToken cancellationToken);
}
