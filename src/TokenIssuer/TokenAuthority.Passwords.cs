using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer;

/// <content>Changing a password: everything minted before dies, and the caller goes on in a new session.</content>
public sealed partial class TokenAuthority
{
    /// <summary>Changes a password, kills everything minted for the user before, and starts a new session for the caller.</summary>
    /// <remarks>
    /// The new session claims what was proven now, and nothing more: when the user has a second factor and its code is not given,
    /// it goes on with the sign-in of the old one, with the same methods, age and end.
    /// </remarks>
    /// <param name="user">The user.</param>
    /// <param name="session">The living session of the user that asks.</param>
    /// <param name="currentPassword">Must be right.</param>
    /// <param name="otp">The code of the second factor; must be right if it is given.</param>
    /// <param name="newPassword">Must keep the directory's rules.</param>
    /// <param name="request">The circumstances of the new session.</param>
    /// <param name="cancellationToken">Stops waiting until the directory has changed the password; from then on all is done.</param>
    public async Task<PasswordChangeOutcome> ChangePasswordAsync(
        Subject user, Session session, string currentPassword, string? otp, string newPassword, SessionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        if (session.Id.User != KeyOf(user))
        {
            throw new ArgumentException("The session is another user's.", nameof(session));
        }

        // Before the password is changed, and everything ended for a session whose tokens nobody would get.
        _minter.FindKey();
        var verdict = await VerifyAsync(user, currentPassword, otp, cancellationToken).ConfigureAwait(false);
        if (verdict is not (CredentialVerdict.Correct or CredentialVerdict.SecondFactorRequired))
        {
            return new PasswordChangeOutcome.Wrong();
        }

        var change = await _directory.ChangePasswordAsync(user, currentPassword, newPassword, cancellationToken).ConfigureAwait(false);
        switch (change)
        {
            case PasswordChange.Wrong:
                return new PasswordChangeOutcome.Wrong();
            case PasswordChange.Weak weak:
                return new PasswordChangeOutcome.Weak(weak.Reasons);
            case PasswordChange.Unsettled:
                _logger.PasswordChangeIncomplete(user, failure: null);
                return new PasswordChangeOutcome.Incomplete();
            default:
                break;
        }

        // The password is changed: a caller who leaves now must not keep the old tokens alive.
        try
        {
            await RevokeAsync(new RevocationTarget.EverythingOf(user), RevocationReason.PasswordChanged, CancellationToken.None).ConfigureAwait(false);
            var started = await ContinueAsync(user, verdict == CredentialVerdict.Correct ? null : session, request).ConfigureAwait(false);
            return started is LoginOutcome.LoggedIn { Answer: var answer } ? new PasswordChangeOutcome.Changed(answer) : new PasswordChangeOutcome.Incomplete();
        }
        catch (TokenStoreUnavailableException failure)
        {
            _logger.PasswordChangeIncomplete(user, failure);
            return new PasswordChangeOutcome.Incomplete();
        }
    }

    private async Task<CredentialVerdict> VerifyAsync(Subject user, string password, string? otp, CancellationToken cancellationToken)
        => await _directory.LoadAsync(user, cancellationToken).ConfigureAwait(false) is { } claims
            ? await _directory.VerifyAsync(user, new Credentials(claims.Username, password, otp), cancellationToken).ConfigureAwait(false)
            : CredentialVerdict.Disabled;

    /// <param name="user">The user.</param>
    /// <param name="old">The session whose sign-in the new one goes on with; null when all was proven anew.</param>
    /// <param name="request">The circumstances.</param>
    private async Task<LoginOutcome?> ContinueAsync(Subject user, Session? old, SessionRequest request)
    {
        var standing = await ReadStandingAsync(KeyOf(user), CancellationToken.None).ConfigureAwait(false);
        var claims = await _directory.LoadAsync(user, CancellationToken.None).ConfigureAwait(false);
        EarlierSignIn? signedIn = old is null ? null : new EarlierSignIn(old.CreatedAt, old.AbsoluteEnd);
        return claims is null
            ? null
            : await StartAsync(
                claims with { Amr = old?.Amr ?? claims.Amr }, standing.Floors.Generation, WithScope(request), signedIn, CancellationToken.None).ConfigureAwait(false);
    }
}
