using System.Collections.Concurrent;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Authority;

/// <summary>A user directory in memory. Its slow moments are where a test says so.</summary>
internal sealed class TestDirectory : ICredentialVerifier
{
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private int _loads;

    /// <summary>Runs after a password was found right or wrong, before anybody is told.</summary>
    public Func<Task> AfterVerifying { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs after a password was changed, before anybody is told.</summary>
    public Func<Task> AfterChanging { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before claims are loaded.</summary>
    public Func<Task> BeforeLoading { get; set; } = () => Task.CompletedTask;

    /// <summary>How often claims were loaded.</summary>
    public int Loads => _loads;

    public Subject Add(string username, params string[] roles)
    {
        _accounts[username] = new Account(new Subject($"id-of-{username}"), PasswordOf(username), roles);
        return SubjectOf(username);
    }

    public static string PasswordOf(string username) => $"password of {username}";

    public Subject SubjectOf(string username) => _accounts[username].Subject;

    public void SetRoles(string username, params string[] roles) => _accounts[username] = _accounts[username] with { Roles = roles };

    public void Disable(string username) => _accounts[username] = _accounts[username] with { IsDisabled = true };

    public void SetVerdict(string username, CredentialVerdict verdict) => _accounts[username] = _accounts[username] with { Verdict = verdict };

    public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken)
        => Task.FromResult<Subject?>(_accounts.TryGetValue(username, out var account) ? account.Subject : null);

    public async Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
    {
        var account = _accounts.Values.FirstOrDefault(account => account.Subject == subject);
        var verdict = account is null || account.Password != credentials.Password ? CredentialVerdict.Wrong : account.Verdict;
        await AfterVerifying();
        return verdict;
    }

    public async Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        await BeforeLoading();
        return _accounts.SingleOrDefault(pair => pair.Value.Subject == subject) is { Value.IsDisabled: false } found
            ? new UserClaims(subject, found.Key, found.Value.Roles)
            : null;
    }

    public async Task<PasswordChange> ChangePasswordAsync(Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (username, account) = _accounts.Single(pair => pair.Value.Subject == subject);
        if (account.Password != currentPassword)
        {
            return new PasswordChange.Wrong();
        }

        if (newPassword.Length < 8)
        {
            return new PasswordChange.Weak(["Too short."]);
        }

        _accounts[username] = account with { Password = newPassword };
        await AfterChanging();
        return new PasswordChange.Changed();
    }

    private sealed record Account(
        Subject Subject, string Password, IReadOnlyList<string> Roles, bool IsDisabled = false, CredentialVerdict Verdict = CredentialVerdict.Correct);
}
