using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Identity.SecondFactors;

/// <summary>Second factors of the users of an Identity application. Each call has a scope, and so a database context, of its own.</summary>
internal sealed class IdentitySecondFactors<TUser>(IServiceScopeFactory scopes, TimeProvider clock) : ISecondFactors
    where TUser : class
{
    public async Task<TotpSecret?> BeginAsync(Subject user, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await Authenticator<TUser>.FindAsync(scope.ServiceProvider, user.Value).ConfigureAwait(false) is not { } authenticator)
        {
            return null;
        }

        var key = authenticator.NewKey();
        await authenticator.SetPendingAsync(PendingKey.Begin(key, clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        await SaveAsync(authenticator, cancellationToken).ConfigureAwait(false);
        return new TotpSecret(key);
    }

    public async Task<SecondFactorConfirmation> ConfirmAsync(Subject user, string code, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(code);
        await using var scope = scopes.CreateAsyncScope();
        var authenticator = await Authenticator<TUser>.FindAsync(scope.ServiceProvider, user.Value).ConfigureAwait(false);
        var pending = authenticator is null ? null : await authenticator.ReadPendingAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        if (authenticator is null || pending is null || pending.ExpiresAt <= now)
        {
            return SecondFactorConfirmation.NotBegun;
        }

        if (TotpCode.StepOf(pending.Key, code, now, spent: -1) is { } step)
        {
            var isReplaced = await authenticator.IsEnabledAsync().ConfigureAwait(false);
            await authenticator.EnableAsync(pending.Key, step, cancellationToken).ConfigureAwait(false);
            return isReplaced ? SecondFactorConfirmation.Replaced : SecondFactorConfirmation.Enabled;
        }

        await (pending.TriesLeft > 1
            ? authenticator.SetPendingAsync(pending with { TriesLeft = pending.TriesLeft - 1 }, cancellationToken)
            : authenticator.ForgetPendingAsync(cancellationToken)).ConfigureAwait(false);
        await SaveAsync(authenticator, cancellationToken).ConfigureAwait(false);
        return SecondFactorConfirmation.Wrong;
    }

    public async Task<bool> RemoveAsync(Subject user, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await Authenticator<TUser>.FindAsync(scope.ServiceProvider, user.Value).ConfigureAwait(false) is not { } authenticator)
        {
            return false;
        }

        var wasEnabled = await authenticator.IsEnabledAsync().ConfigureAwait(false);
        if (wasEnabled || await authenticator.ReadPendingAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            await authenticator.DisableAsync(cancellationToken).ConfigureAwait(false);
        }

        return wasEnabled;
    }

    private static async Task SaveAsync(Authenticator<TUser> authenticator, CancellationToken cancellationToken)
    {
        if (!await authenticator.TrySaveAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new TokenStoreUnavailableException("The user was changed by somebody else in the same moment.");
        }
    }
}
