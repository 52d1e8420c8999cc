using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>
/// The host's directory, whose trouble is told apart from answers. What it throws nobody here can know (LDAP, HTTP, a database);
/// whatever it is, the request could not be judged, and that is 503, not a fault of the client nor an error of ours.
/// </summary>
internal sealed class UserDirectory(ICredentialVerifier host)
{
    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken)
        => AskAsync(token => host.FindAsync(username, token), cancellationToken);

    public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
        => AskAsync(token => host.VerifyAsync(subject, credentials, token), cancellationToken);

    public Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
        => AskAsync(token => host.LoadAsync(subject, token), cancellationToken);

    public Task<PasswordChange> ChangePasswordAsync(Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
        => AskAsync(token => host.ChangePasswordAsync(subject, currentPassword, newPassword, token), cancellationToken);

    private static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not TokenStoreUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw new TokenStoreUnavailableException("The user directory could not answer.", failure);
        }
    }
}
