using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TokenIssuer.Server.Throttling;

namespace TokenIssuer.Server.Users;

/// <summary>
/// The account lock-out. An attempt is taken before the password is looked at and given back when it was right, each in
/// one statement, so that many guesses at once can't slip past the count. It locks for one window: a stranger who locks a
/// user out delays the next login by that, and touches no session.
/// </summary>
internal sealed class LoginAttempts(DirectoryContext directory, IOptions<RateLimitOptions> options, TimeProvider clock)
{
    /// <returns>False while the account is locked.</returns>
    public async Task<bool> TryTakeAsync(string userId, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return true;
        }

        var limit = options.Value.Login.PermitLimit;
        DateTimeOffset? now = clock.GetUtcNow();
        DateTimeOffset? lockedUntil = now + options.Value.Login.Window;
        var taken = await directory.Users
            .Where(user => user.Id == userId && (user.LockoutEnd == null || user.LockoutEnd <= now))
            .ExecuteUpdateAsync(
                user => user
                    .SetProperty(u => u.AccessFailedCount, u => u.LockoutEnd == null ? u.AccessFailedCount + 1 : 1)
                    .SetProperty(u => u.LockoutEnd, u => u.LockoutEnd == null && u.AccessFailedCount + 1 >= limit ? lockedUntil : null),
                cancellationToken)
            .ConfigureAwait(false);
        return taken == 1;
    }

    public Task GiveBackAsync(string userId, CancellationToken cancellationToken) => options.Value.Enabled
        ? directory.Users
            .Where(user => user.Id == userId)
            .ExecuteUpdateAsync(
                user => user.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.LockoutEnd, (DateTimeOffset?)null),
                cancellationToken)
        : Task.CompletedTask;
}
