using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace TokenIssuer.Identity.SecondFactors;

/// <summary>
/// What the directory keeps of a user's authenticator app, in the tables that Identity has for it. What is set is saved with
/// the user, and only if nobody else has changed the user since: of two who use one code, one wins.
/// </summary>
internal sealed class Authenticator<TUser>(UserManager<TUser> users, IUserStore<TUser> store, TUser user)
    where TUser : class
{
    private const string Provider = "[TokenIssuer]";
    private const string SpentStep = "SpentTotpStep";
    private const string Pending = "PendingAuthenticatorKey";

    // Where Identity's own store has it.
    private const string IdentityProvider = "[AspNetUserStore]";
    private const string IdentityKey = "AuthenticatorKey";

    private IUserAuthenticationTokenStore<TUser> Tokens => (IUserAuthenticationTokenStore<TUser>)store;

    public static async Task<Authenticator<TUser>?> FindAsync(IServiceProvider services, string userId)
    {
        var users = services.GetRequiredService<UserManager<TUser>>();
        return await users.FindByIdAsync(userId).ConfigureAwait(false) is { } user
            ? new Authenticator<TUser>(users, services.GetRequiredService<IUserStore<TUser>>(), user)
            : null;
    }

    public Task<bool> IsEnabledAsync() => users.GetTwoFactorEnabledAsync(user);

    public Task<string?> ReadKeyAsync() => users.GetAuthenticatorKeyAsync(user);

    /// <returns>The last step whose code was accepted; below every step when there was none.</returns>
    public async Task<long> ReadSpentStepAsync(CancellationToken cancellationToken)
        => long.TryParse(
            await Tokens.GetTokenAsync(user, Provider, SpentStep, cancellationToken).ConfigureAwait(false), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : -1;

    public Task SpendAsync(long step, CancellationToken cancellationToken)
        => Tokens.SetTokenAsync(user, Provider, SpentStep, step.ToString(CultureInfo.InvariantCulture), cancellationToken);

    public async Task<PendingKey?> ReadPendingAsync(CancellationToken cancellationToken)
        => PendingKey.Parse(await Tokens.GetTokenAsync(user, Provider, Pending, cancellationToken).ConfigureAwait(false));

    public Task SetPendingAsync(PendingKey pending, CancellationToken cancellationToken)
        => Tokens.SetTokenAsync(user, Provider, Pending, pending.Text, cancellationToken);

    public Task ForgetPendingAsync(CancellationToken cancellationToken) => Tokens.RemoveTokenAsync(user, Provider, Pending, cancellationToken);

    public string NewKey() => users.GenerateNewAuthenticatorKey();

    /// <summary>Makes the pending key the one that counts; its first code is spent.</summary>
    public async Task EnableAsync(string key, long step, CancellationToken cancellationToken)
    {
        await ((IUserAuthenticatorKeyStore<TUser>)store).SetAuthenticatorKeyAsync(user, key, cancellationToken).ConfigureAwait(false);
        await ForgetPendingAsync(cancellationToken).ConfigureAwait(false);
        await SpendAsync(step, cancellationToken).ConfigureAwait(false);
        await SetEnabledAsync(isEnabled: true).ConfigureAwait(false);
    }

    public async Task DisableAsync(CancellationToken cancellationToken)
    {
        await Tokens.RemoveTokenAsync(user, IdentityProvider, IdentityKey, cancellationToken).ConfigureAwait(false);
        await Tokens.RemoveTokenAsync(user, Provider, SpentStep, cancellationToken).ConfigureAwait(false);
        await ForgetPendingAsync(cancellationToken).ConfigureAwait(false);
        await SetEnabledAsync(isEnabled: false).ConfigureAwait(false);
    }

    /// <returns>False when somebody else has changed the user in the same moment.</returns>
    public async Task<bool> TrySaveAsync(CancellationToken cancellationToken)
        => (await store.UpdateAsync(user, cancellationToken).ConfigureAwait(false)).Succeeded;

    private async Task SetEnabledAsync(bool isEnabled)
    {
        IdentityResult result;
        try
        {
            result = await users.SetTwoFactorEnabledAsync(user, isEnabled).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException)
        {
            // Thrown by the outbox, after the commit: the factor is changed, and the revocation waits there.
            return;
        }

        if (!result.Succeeded)
        {
            throw new TokenStoreUnavailableException("The user could not be changed: " + string.Join(' ', result.Errors.Select(error => error.Description)));
        }
    }
}
