using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Users;

namespace TokenIssuer.Server.Users;

/// <summary>The administrators' view of the directory. Each call has a scope, and so a database context, of its own.</summary>
internal sealed class IdentityUserAdministration(
    IServiceScopeFactory scopes, PasswordHashing passwords, ILookupNormalizer names, RevocationOutbox<DirectoryContext> outbox) : IUserAdministration
{
    public async Task<UserPage> SearchAsync(string? query, string? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        var users = directory.Users.AsNoTracking();
        if (AsciiNames.WithoutNul(names.NormalizeName(query)) is { Length: > 0 } part)
        {
            users = users.Where(user => user.NormalizedUserName != null && user.NormalizedUserName.Contains(part));
        }

        if (AsciiNames.WithoutNul(cursor) is { } after)
        {
            users = users.Where(user => string.Compare(user.NormalizedUserName, after) > 0);
        }

        var page = await users.OrderBy(user => user.NormalizedUserName).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        var accounts = await DescribeAsync(directory, page, cancellationToken).ConfigureAwait(false);
        return new UserPage(accounts, page.Count == limit ? page[^1].NormalizedUserName : null);
    }

    public async Task<UserAccount?> FindAsync(Subject user, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        var found = await directory.Users.AsNoTracking().Where(candidate => candidate.Id == user.Value).ToListAsync(cancellationToken).ConfigureAwait(false);
        return (await DescribeAsync(directory, found, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    public async Task<UserChange> CreateAsync(string username, string password, IReadOnlyList<string> roles, CancellationToken cancellationToken)
    {
        using var turn = await passwords.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(
            async (users, _) =>
            {
                var user = new DirectoryUser(username);
                return (user, await users.CreateAsync(user, password).ConfigureAwait(false));
            },
            roles,
            cancellationToken).ConfigureAwait(false);
    }

    public Task<UserChange> DisableAsync(Subject user, CancellationToken cancellationToken) => ChangeAsync(
        async (users, found) =>
        {
            if (found.IsDisabled)
            {
                return null;
            }

            found.IsDisabled = true;
            return await users.UpdateAsync(found).ConfigureAwait(false);
        },
        user,
        cancellationToken);

    public Task<UserChange> EnableAsync(Subject user, CancellationToken cancellationToken) => ChangeAsync(
        async (users, found) =>
        {
            if (!found.IsDisabled)
            {
                return null;
            }

            found.IsDisabled = false;
            return await users.UpdateAsync(found).ConfigureAwait(false);
        },
        user,
        cancellationToken);

    public async Task<UserChange> SetPasswordAsync(Subject user, string password, CancellationToken cancellationToken)
    {
        using var turn = await passwords.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(
            async (users, found) =>
            {
                var removed = await users.RemovePasswordAsync(found).ConfigureAwait(false);
                return removed.Succeeded ? await users.AddPasswordAsync(found, password).ConfigureAwait(false) : removed;
            },
            user,
            cancellationToken).ConfigureAwait(false);
    }

    public Task<UserChange> SetRolesAsync(Subject user, IReadOnlyList<string> roles, CancellationToken cancellationToken) => ChangeAsync(
        async (users, _) => (await users.FindByIdAsync(user.Value).ConfigureAwait(false), null),
        roles,
        cancellationToken);

    public Task<UserChange> DeleteAsync(Subject user, CancellationToken cancellationToken) => ChangeAsync(
        async (users, directory) =>
        {
            if (await users.FindByIdAsync(user.Value).ConfigureAwait(false) is not { } found)
            {
                return (null, IdentityResult.Success);
            }

            await directory.LoginPools.Where(pool => pool.UserId == found.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            return (found, await users.DeleteAsync(found).ConfigureAwait(false));
        },
        roles: null,
        cancellationToken);

    private Task<UserChange> ChangeAsync(
        Func<UserManager<DirectoryUser>, DirectoryUser, Task<IdentityResult?>> change, Subject user, CancellationToken cancellationToken)
        => ChangeAsync(
            async (users, _) => await users.FindByIdAsync(user.Value).ConfigureAwait(false) is { } found
                ? (found, await change(users, found).ConfigureAwait(false))
                : (null, null),
            roles: null,
            cancellationToken);

    /// <summary>
    /// Runs a change and the roles that go with it in one transaction: all of it, or nothing. Administrators take turns, or two
    /// of them could each take the other for the one who stays. Without a result there was nothing to change.
    /// </summary>
    private async Task<UserChange> ChangeAsync(
        Func<UserManager<DirectoryUser>, DirectoryContext, Task<(DirectoryUser? User, IdentityResult? Result)>> change,
        IReadOnlyList<string>? roles,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<DirectoryUser>>();
        UserAccount unchanged;
        await using (var transaction = await directory.BeginAloneAsync(cancellationToken).ConfigureAwait(false))
        {
            var hadAdministrator = await HasAdministratorAsync(directory, cancellationToken).ConfigureAwait(false);
            var (user, result) = await change(users, directory).ConfigureAwait(false);
            if (user is null)
            {
                return new UserChange.Unknown();
            }

            if (roles is not null && result is not { Succeeded: false })
            {
                var known = scope.ServiceProvider.GetRequiredService<DirectoryRoles>();
                result = await ReplaceRolesAsync(known, users, user, roles).ConfigureAwait(false) ?? result;
            }

            if (result is { Succeeded: false })
            {
                if (result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure)))
                {
                    throw new TokenStoreUnavailableException("The user was changed by somebody else in the same moment.");
                }

                return new UserChange.Refused([.. result.Errors.Select(error => error.Description)]);
            }

            var account = (await DescribeAsync(directory, [user], cancellationToken).ConfigureAwait(false))[0];
            if (result is not null)
            {
                return hadAdministrator && !await HasAdministratorAsync(directory, cancellationToken).ConfigureAwait(false)
                    ? new UserChange.LastAdministrator()
                    : await CommitAsync(transaction, account, cancellationToken).ConfigureAwait(false);
            }

            unchanged = account;
        }

        // An earlier change may have been made while the store was down: who asks again must not be told that all is well.
        await outbox.DrainAsync([unchanged.Id.Value], CancellationToken.None).ConfigureAwait(false);
        return new UserChange.Unchanged(unchanged);
    }

    /// <summary>With the commit, the outbox revokes what the change makes invalid.</summary>
    private static async Task<UserChange> CommitAsync(IDbContextTransaction transaction, UserAccount account, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return new UserChange.Settled(account);
        }
        catch (TokenStoreUnavailableException)
        {
            // Committed, and not revoked yet: the outbox goes on trying, and so may the caller.
            return new UserChange.Done(account);
        }
    }

    private Task<bool> HasAdministratorAsync(DirectoryContext directory, CancellationToken cancellationToken)
    {
        var name = names.NormalizeName(DirectoryRoles.Administrator);
        return directory.UserRoles
            .Join(directory.Roles.Where(role => role.NormalizedName == name), held => held.RoleId, role => role.Id, (held, _) => held.UserId)
            .Join(directory.Users.Where(user => !user.IsDisabled), held => held, user => user.Id, (_, user) => user)
            .AnyAsync(cancellationToken);
    }

    /// <returns>Null when the user has these roles and no others.</returns>
    private static async Task<IdentityResult?> ReplaceRolesAsync(
        DirectoryRoles known, UserManager<DirectoryUser> users, DirectoryUser user, IReadOnlyList<string> roles)
    {
        var (wanted, result) = await known.EnsureAsync(roles).ConfigureAwait(false);
        var held = await users.GetRolesAsync(user).ConfigureAwait(false);
        List<string> surplus = [.. held.Except(wanted, StringComparer.Ordinal)];
        List<string> missing = [.. wanted.Except(held, StringComparer.Ordinal)];
        if (!result.Succeeded || surplus.Count + missing.Count == 0)
        {
            return result.Succeeded ? null : result;
        }

        var removed = await users.RemoveFromRolesAsync(user, surplus).ConfigureAwait(false);
        return removed.Succeeded ? await users.AddToRolesAsync(user, missing).ConfigureAwait(false) : removed;
    }

    private static async Task<List<UserAccount>> DescribeAsync(
        DirectoryContext directory, IReadOnlyList<DirectoryUser> users, CancellationToken cancellationToken)
    {
        var ids = users.Select(user => user.Id).ToList();
        var held = await directory.UserRoles
            .Where(role => ids.Contains(role.UserId))
            .Join(directory.Roles, role => role.RoleId, role => role.Id, (role, named) => new { role.UserId, named.Name })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var roles = held.ToLookup(role => role.UserId, role => role.Name ?? string.Empty, StringComparer.Ordinal);
        return [.. users.Select(user => new UserAccount(
            new Subject(user.Id), user.UserName ?? user.Id, [.. roles[user.Id].Order(StringComparer.Ordinal)], user.IsDisabled))];
    }
}
