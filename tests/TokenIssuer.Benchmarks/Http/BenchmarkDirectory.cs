using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>Lets everybody in: what is measured is refreshing, and passwords are hashed at login only.</summary>
internal sealed class BenchmarkDirectory : ICredentialVerifier
{
    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken) => Task.FromResult<Subject?>(new Subject("id-of-" + username));

    public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
        => Task.FromResult(CredentialVerdict.Correct);

    public Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
        => Task.FromResult<UserClaims?>(new UserClaims(subject, subject.Value["id-of-".Length..], ["editor"]));

    public Task<PasswordChange> ChangePasswordAsync(Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
        => Task.FromResult<PasswordChange>(new PasswordChange.Changed());
}
