using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Identity.SecondFactors;
using TokenIssuer.Users;

namespace TokenIssuer.Server.Users;

/// <summary>The issuer's view of the directory. Each call has a scope, and so a database context, of its own.</summary>
internal sealed class IdentityCredentialVerifier(
    IServiceScopeFactory scopes, PasswordHashing passwords, AuthenticatorCodes<DirectoryUser> codes, ILookupNormalizer names, PendingRevocations outbox)
    : ICredentialVerifier
{
    private const string PasswordOnly = "pwd";
    private const string PasswordAndCode = "pwd otp mfa";

    public async Task<Subject?> FindAsync(string username, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var name = AsciiNames.WithoutNul(names.NormalizeName(username));
        var id = await scope.ServiceProvider.GetRequiredService<DirectoryContext>().Users
            .Where(user => user.NormalizedUserName == name)
            .Select(user => user.Id)
            .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return id is null ? null : new Subject(id);
    }

    public async Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        await using var scope = scopes.CreateAsyncScope();
        var attempts = scope.ServiceProvider.GetRequiredService<LoginAttempts>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<DirectoryUser>>();

        // The same statements and one hash in every case, or the time would tell who exists, who is locked and who is disabled.
        var attempt = await attempts.TakeAsync(subject?.Value, cancellationToken).ConfigureAwait(false);
        var user = await users.FindByIdAsync(attempt.UserId).ConfigureAwait(false);
        var isRight = await passwords.IsRightAsync(user, credentials.Password, cancellationToken).ConfigureAwait(false);
        if (user is null || (attempt.IsPermitted && !isRight))
        {
            return CredentialVerdict.Wrong;
        }

        if (!attempt.IsPermitted)
        {
            return CredentialVerdict.LockedOut;
        }

        if (user.IsDisabled)
        {
            return CredentialVerdict.Disabled;
        }

        var verdict = await VerifyCodeAsync(user, credentials, cancellationToken).ConfigureAwait(false);
        if (verdict == CredentialVerdict.Correct)
        {
            await attempts.WelcomeAsync(attempt, cancellationToken).ConfigureAwait(false);

            // What is late must not end the session that starts now.
            await outbox.DrainAsync([user.Id], cancellationToken).ConfigureAwait(false);
        }

        return verdict;
    }

    public async Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        var user = await directory.Users.AsNoTracking()
            .SingleOrDefaultAsync(candidate => candidate.Id == subject.Value && !candidate.IsDisabled, cancellationToken).ConfigureAwait(false);
        if (user is null)
        {
            return null;
        }

        var roles = await directory.UserRoles
            .Where(held => held.UserId == user.Id)
            .Join(directory.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name)
            .OfType<string>()
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return new UserClaims(subject, user.UserName ?? user.Id, roles, user.TwoFactorEnabled ? PasswordAndCode : PasswordOnly);
    }

    public async Task<PasswordChange> ChangePasswordAsync(
        Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var attempts = scope.ServiceProvider.GetRequiredService<LoginAttempts>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<DirectoryUser>>();
        var attempt = await attempts.TakeAsync(subject.Value, cancellationToken).ConfigureAwait(false);
        if (!attempt.IsPermitted || await users.FindByIdAsync(subject.Value).ConfigureAwait(false) is not { IsDisabled: false } user)
        {
            return new PasswordChange.Wrong();
        }

        using var turn = await passwords.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var (changed, isSettled) = await outbox.FollowAsync(
            user.Id, () => users.ChangePasswordAsync(user, currentPassword, newPassword)).ConfigureAwait(false);
        if (changed.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch)))
        {
            return new PasswordChange.Wrong();
        }

        if (changed.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure)))
        {
            throw new TokenStoreUnavailableException("The user was changed by somebody else in the same moment.");
        }

        await attempts.GiveBackAsync(attempt, CancellationToken.None).ConfigureAwait(false);
        return !changed.Succeeded ? new PasswordChange.Weak([.. changed.Errors.Select(error => error.Description)])
            : isSettled ? new PasswordChange.Changed()
            : new PasswordChange.Unsettled();
    }

    private async Task<CredentialVerdict> VerifyCodeAsync(DirectoryUser user, Credentials credentials, CancellationToken cancellationToken)
    {
        if (!user.TwoFactorEnabled)
        {
            return CredentialVerdict.Correct;
        }

        if (string.IsNullOrEmpty(credentials.Otp))
        {
            return CredentialVerdict.SecondFactorRequired;
        }

        return await codes.TrySpendAsync(user.Id, credentials, cancellationToken).ConfigureAwait(false)
            ? CredentialVerdict.Correct
            : CredentialVerdict.Wrong;
    }
}
