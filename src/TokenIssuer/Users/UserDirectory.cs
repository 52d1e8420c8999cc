using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>
/// The host's directory, whose trouble is told apart from answers. What it throws nobody here can know (LDAP, HTTP, a database);
/// whatever it is, the request could not be judged, and that is 503, not a fault of the client nor an error of ours.
/// It is in doubt from the first load that failed until one succeeds that began half a minute after the last failure: a directory
/// that flaps, or that fails for some users only, stays in doubt, and an answer that was on its way when it fell proves nothing.
/// </summary>
internal sealed class UserDirectory(ICredentialVerifier host, TimeProvider clock)
{
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private long _lastFailure;
    private volatile bool _isInDoubt;

    /// <summary>Whether the next load may well fail, so that nothing should be spent before one has succeeded.</summary>
    public bool IsInDoubt => _isInDoubt;

    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken)
        => AskAsync(token => host.FindAsync(username, token), cancellationToken);

    public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
        => AskAsync(token => host.VerifyAsync(subject, credentials, token), cancellationToken);

    public async Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        try
        {
            var claims = await AskAsync(token => host.LoadAsync(subject, token), cancellationToken).ConfigureAwait(false);
            NoteAnswer(startedAt);
            return claims;
        }
        catch (Exception failure) when (failure is TokenStoreUnavailableException or OperationCanceledException)
        {
            // A caller who leaves counts as well: there is no other sign of a directory that hangs.
            NoteFailure();
            throw;
        }
    }

    public Task<PasswordChange> ChangePasswordAsync(Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
        => AskAsync(token => host.ChangePasswordAsync(subject, currentPassword, newPassword, token), cancellationToken);

    private void NoteAnswer(long startedAt)
    {
        if (!_isInDoubt)
        {
            return;
        }

        lock (_gate)
        {
            _isInDoubt = clock.GetElapsedTime(_lastFailure, startedAt) < s_calm;
        }
    }

    private void NoteFailure()
    {
        lock (_gate)
        {
            _lastFailure = clock.GetTimestamp();
            _isInDoubt = true;
        }
    }

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
