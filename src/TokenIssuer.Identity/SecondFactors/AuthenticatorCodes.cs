using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Users;

namespace TokenIssuer.Identity.SecondFactors;

/// <summary>Accepts each code of an authenticator app once (RFC 6238 §5.2), however many offer it at the same time.</summary>
internal sealed class AuthenticatorCodes<TUser>(IServiceScopeFactory scopes, TimeProvider clock)
    where TUser : class
{
    private const int MaxAttempts = 5;

    /// <returns>False for a code that is wrong, too old, or has been used.</returns>
    public async Task<bool> TrySpendAsync(string userId, Credentials credentials, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await Authenticator<TUser>.FindAsync(scope.ServiceProvider, userId).ConfigureAwait(false) is not { } authenticator
                || await authenticator.ReadKeyAsync().ConfigureAwait(false) is not { } key)
            {
                return false;
            }

            var spent = await authenticator.ReadSpentStepAsync(cancellationToken).ConfigureAwait(false);
            var isOwn = credentials.SpentStep == spent;
            if (TotpCode.StepOf(key, credentials.Otp ?? string.Empty, clock.GetUtcNow(), isOwn ? spent - 1 : spent) is not { } step)
            {
                return false;
            }

            if (step == spent || await TrySaveAsync(authenticator, step, cancellationToken).ConfigureAwait(false))
            {
                credentials.SpentStep = step;
                return true;
            }
        }

        throw new TokenStoreUnavailableException("The user kept being changed by others.");
    }

    private static async Task<bool> TrySaveAsync(Authenticator<TUser> authenticator, long step, CancellationToken cancellationToken)
    {
        await authenticator.SpendAsync(step, cancellationToken).ConfigureAwait(false);
        try
        {
            return await authenticator.TrySaveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException)
        {
            // The first code of a user makes a row, and somebody else has just made it.
            return false;
        }
    }
}
