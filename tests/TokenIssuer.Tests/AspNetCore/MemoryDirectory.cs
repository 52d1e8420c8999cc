using System.Collections.Concurrent;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>A user directory in memory. Passwords are compared as they are; new ones need 8 characters.</summary>
internal sealed class MemoryDirectory : ICredentialVerifier
{
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>How often a password was compared.</summary>
    public int Verifications { get; private set; }

    /// <summary>Thrown by every call once it is set.</summary>
    public Exception? Failure { get; set; }

    public Subject Add(string username, string password, string? otp = null, params string[] roles)
    {
        _accounts[username] = new Account(new Subject("id-of-" + username), username, password, otp, roles);
        return _accounts[username].Subject;
    }

    public void Disable(string username) => _accounts[username] = _accounts[username] with { IsDisabled = true };

    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken) => Answer<Subject?>(
        () => _accounts.TryGetValue(username, out var account) ? account.Subject : null);

    public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken) => Answer(() =>
    {
        Verifications++;
        return Find(subject) switch
        {
            null => CredentialVerdict.Wrong,
            { IsDisabled: true } => CredentialVerdict.Disabled,
            var account when account.Password != credentials.Password => CredentialVerdict.Wrong,
            { Otp: { } otp } when credentials.Otp != otp => credentials.Otp is null ? CredentialVerdict.SecondFactorRequired : CredentialVerdict.Wrong,
            _ => CredentialVerdict.Correct,
        };
    });

    public Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken) => Answer(
        () => Find(subject) is { IsDisabled: false } account
            ? new UserClaims(account.Subject, account.Username, account.Roles, account.Otp is null ? "pwd" : "pwd otp")
            : null);

    public Task<PasswordChange> ChangePasswordAsync(
        Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken) => Answer<PasswordChange>(() =>
    {
        if (Find(subject) is not { } account || account.Password != currentPassword)
        {
            return new PasswordChange.Wrong();
        }

        if (newPassword.Length < 8)
        {
            return new PasswordChange.Weak(["The password needs at least 8 characters."]);
        }

        _accounts[account.Username] = account with { Password = newPassword };
        return new PasswordChange.Changed();
    });

    private Account? Find(Subject? subject) => _accounts.Values.FirstOrDefault(account => account.Subject == subject);

    private Task<T> Answer<T>(Func<T> answer) => Failure is { } failure ? Task.FromException<T>(failure) : Task.FromResult(answer());

    private sealed record Account(Subject Subject, string Username, string Password, string? Otp, string[] Roles, bool IsDisabled = false);
}
