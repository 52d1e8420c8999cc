using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Redis;

/// <summary>Everybody is in it, and the password is right.</summary>
internal sealed class TestDirectory : ICredentialVerifier
{
    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken) => Task.FromResult<Subject?>(new Subject(username));

    public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
        => Task.FromResult(CredentialVerdict.Correct);

    public Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
        => Task.FromResult<UserClaims?>(new UserClaims(subject, subject.Value, []));

    public Task<PasswordChange> ChangePasswordAsync(
        Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
        => Task.FromResult<PasswordChange>(new PasswordChange.Changed());
}
