using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Identity.SecondFactors;
using TokenIssuer.Users;

namespace TokenIssuer.Identity.SignIn;

/// <summary>The issuer's view of the users of an Identity application. Each call has a scope, and so a database context, of its own.</summary>
internal sealed class IdentityCredentials<TUser>(IServiceScopeFactory scopes, AuthenticatorCodes<TUser> codes, PendingRevocations outbox)
    : ICredentialVerifier
    where TUser : class, new()
{
    private const string PasswordOnly = "pwd";
    private const string PasswordAndCode = "pwd otp mfa";
    private const int MaxAttemptsToCount = 5;

    private readonly TUser _nobody = new();
    private string? _nobodysHash;

    public async Task<Subject?> FindAsync(string username, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = UsersOf(scope);
        return await users.FindByNameAsync(username).ConfigureAwait(false) is { } user
            ? new Subject(await users.GetUserIdAsync(user).ConfigureAwait(false))
            : null;
    }

    public async Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        await using var scope = scopes.CreateAsyncScope();
        var users = UsersOf(scope);
        var user = subject is { Value: var id } ? await users.FindByIdAsync(id).ConfigureAwait(false) : null;
        var isLocked = user is not null && await IsLockedAsync(users, user).ConfigureAwait(false);
        if (user is null || isLocked || !await users.HasPasswordAsync(user).ConfigureAwait(false))
        {
            VerifyInVain(users.PasswordHasher, credentials.Password);
            return isLocked ? CredentialVerdict.LockedOut : CredentialVerdict.Wrong;
        }

        if (!await users.CheckPasswordAsync(user, credentials.Password).ConfigureAwait(false))
        {
            await CountFailureAsync(users, user).ConfigureAwait(false);
            return CredentialVerdict.Wrong;
        }

        if (!await SignInOf(scope).CanSignInAsync(user).ConfigureAwait(false))
        {
            return CredentialVerdict.Disabled;
        }

        var verdict = await VerifyCodeAsync(users, user, credentials, cancellationToken).ConfigureAwait(false);
        if (verdict == CredentialVerdict.Correct)
        {
            // What is late must not end the session that starts now.
            await outbox.DrainAsync([await users.GetUserIdAsync(user).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false);
        }

        return verdict;
    }

    public async Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = UsersOf(scope);

        // A lock-out is not asked for: an administrator's has revoked everything, and failed attempts must end no session.
        if (await users.FindByIdAsync(subject.Value).ConfigureAwait(false) is not { } user
            || !await SignInOf(scope).CanSignInAsync(user).ConfigureAwait(false))
        {
            return null;
        }

        var roles = users.SupportsUserRole ? await users.GetRolesAsync(user).ConfigureAwait(false) : [];
        var name = await users.GetUserNameAsync(user).ConfigureAwait(false);
        var amr = await HasSecondFactorAsync(users, user).ConfigureAwait(false) ? PasswordAndCode : PasswordOnly;
        return new UserClaims(subject, name ?? subject.Value, [.. roles], amr);
    }

    public async Task<PasswordChange> ChangePasswordAsync(
        Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = UsersOf(scope);
        if (await users.FindByIdAsync(subject.Value).ConfigureAwait(false) is not { } user
            || await IsLockedAsync(users, user).ConfigureAwait(false)
            || !await SignInOf(scope).CanSignInAsync(user).ConfigureAwait(false))
        {
            return new PasswordChange.Wrong();
        }

        var (changed, isSettled) = await outbox.FollowAsync(
            subject.Value, () => users.ChangePasswordAsync(user, currentPassword, newPassword)).ConfigureAwait(false);
        if (Has(changed, nameof(IdentityErrorDescriber.PasswordMismatch)))
        {
            await CountFailureAsync(users, user).ConfigureAwait(false);
            return new PasswordChange.Wrong();
        }

        if (IsOvertaken(changed))
        {
            throw new TokenStoreUnavailableException("The user was changed by somebody else in the same moment.");
        }

        return !changed.Succeeded ? new PasswordChange.Weak([.. changed.Errors.Select(error => error.Description)])
            : isSettled ? new PasswordChange.Changed()
            : new PasswordChange.Unsettled();
    }

    private static UserManager<TUser> UsersOf(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<UserManager<TUser>>();

    private static SignInManager<TUser> SignInOf(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<SignInManager<TUser>>();

    private static async Task<bool> IsLockedAsync(UserManager<TUser> users, TUser user)
        => users.SupportsUserLockout && await users.IsLockedOutAsync(user).ConfigureAwait(false);

    private static async Task<bool> HasSecondFactorAsync(UserManager<TUser> users, TUser user)
        => users.SupportsUserTwoFactor && await users.GetTwoFactorEnabledAsync(user).ConfigureAwait(false);

    private async Task<CredentialVerdict> VerifyCodeAsync(
        UserManager<TUser> users, TUser user, Credentials credentials, CancellationToken cancellationToken)
    {
        if (await HasSecondFactorAsync(users, user).ConfigureAwait(false))
        {
            if (string.IsNullOrEmpty(credentials.Otp))
            {
                return CredentialVerdict.SecondFactorRequired;
            }

            var id = await users.GetUserIdAsync(user).ConfigureAwait(false);
            if (!await codes.TrySpendAsync(id, credentials, cancellationToken).ConfigureAwait(false))
            {
                await CountFailureAsync(users, user).ConfigureAwait(false);
                return CredentialVerdict.Wrong;
            }
        }

        if (users.SupportsUserLockout && await users.GetAccessFailedCountAsync(user).ConfigureAwait(false) > 0)
        {
            await ForgetFailuresAsync(await users.GetUserIdAsync(user).ConfigureAwait(false)).ConfigureAwait(false);
        }

        return CredentialVerdict.Correct;
    }

    /// <summary>Guesses that are made at once write the same count: each is counted anew until it stands.</summary>
    private async Task CountFailureAsync(UserManager<TUser> users, TUser user)
    {
        if (!users.SupportsUserLockout)
        {
            return;
        }

        var id = await users.GetUserIdAsync(user).ConfigureAwait(false);
        var counted = await users.AccessFailedAsync(user).ConfigureAwait(false);
        for (var attempt = 1; attempt < MaxAttemptsToCount && IsOvertaken(counted); attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var fresh = UsersOf(scope);
            if (await fresh.FindByIdAsync(id).ConfigureAwait(false) is not { } again || await IsLockedAsync(fresh, again).ConfigureAwait(false))
            {
                return;
            }

            counted = await fresh.AccessFailedAsync(again).ConfigureAwait(false);
        }

        if (!counted.Succeeded)
        {
            throw new TokenStoreUnavailableException("A failed attempt could not be counted.");
        }
    }

    /// <summary>Of the user as it is now: spending a code has changed it.</summary>
    private async Task ForgetFailuresAsync(string id)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = UsersOf(scope);
        if (await users.FindByIdAsync(id).ConfigureAwait(false) is { } user)
        {
            await users.ResetAccessFailedCountAsync(user).ConfigureAwait(false);
        }
    }

    private static bool IsOvertaken(IdentityResult result) => Has(result, nameof(IdentityErrorDescriber.ConcurrencyFailure));

    private static bool Has(IdentityResult result, string code) => result.Errors.Any(error => error.Code == code);

    /// <summary>The work of a real verification, or the time would tell who exists and who is locked.</summary>
    private void VerifyInVain(IPasswordHasher<TUser> hasher, string password)
    {
        var hash = _nobodysHash ??= hasher.HashPassword(_nobody, Guid.Empty.ToString());
        hasher.VerifyHashedPassword(_nobody, hash, password);
    }
}
