using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Server.Users;

/// <summary>The administrators' view of the directory. Each call has a scope, and so a database context, of its own.</summary>
internal sealed class IdentityUserAdministration(IServiceScopeFactory scopes, PasswordHashing passwords, ILookupNormalizer names) : IUserAdministration
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
                var created = await users.CreateAsync(user, password).ConfigureAwait(false);
                return (created.Succeeded ? user : null, created);
            },
            roles,
            cancellationToken).ConfigureAwait(false);
    }

    public Task<UserChange> DisableAsync(Subject user, CancellationToken cancellationToken) => ChangeAsync(
        (users, found) =>
        {
            found.IsDisabled = true;
            return users.UpdateAsync(found);
        },
        user,
        cancellationToken);

    public Task<UserChange> EnableAsync(Subject user, CancellationToken cancellationToken) => ChangeAsync(
        (users, found) =>
        {
            found.IsDisabled = false;
            return users.UpdateAsync(found);
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
        async (users, _) =>
        {
            var found = await users.FindByIdAsync(user.Value).ConfigureAwait(false);
            return (found, IdentityResult.Success);
        },
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
        Func<UserManager<DirectoryUser>, DirectoryUser, Task<IdentityResult>> change, Subject user, CancellationToken cancellationToken)
        => ChangeAsync(
            async (users, _) =>
            {
                var found = await users.FindByIdAsync(user.Value).ConfigureAwait(false);
                return found is null ? (null, IdentityResult.Success) : (found, await change(users, found).ConfigureAwait(false));
            },
            roles: null,
            cancellationToken);

    /// <summary>Runs a change and the roles that go with it in one transaction: all of it, or nothing.</summary>
    private async Task<UserChange> ChangeAsync(
        Func<UserManager<DirectoryUser>, DirectoryContext, Task<(DirectoryUser? User, IdentityResult Result)>> change,
        IReadOnlyList<string>? roles,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<DirectoryUser>>();
        await using var transaction = await directory.BeginAloneAsync(cancellationToken).ConfigureAwait(false);
        var (user, result) = await change(users, directory).ConfigureAwait(false);
        if (result.Succeeded && user is not null && roles is not null)
        {
            result = await ReplaceRolesAsync(scope.ServiceProvider, users, user, roles).ConfigureAwait(false);
        }

        if (!result.Succeeded)
        {
            return new UserChange.Refused([.. result.Errors.Select(error => error.Description)]);
        }

        if (user is null)
        {
            return new UserChange.Unknown();
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new UserChange.Done((await DescribeAsync(directory, [user], CancellationToken.None).ConfigureAwait(false))[0]);
    }

    private static async Task<IdentityResult> ReplaceRolesAsync(
        IServiceProvider services, UserManager<DirectoryUser> users, DirectoryUser user, IReadOnlyList<string> wanted)
    {
        var known = services.GetRequiredService<RoleManager<IdentityRole>>();
        foreach (var role in wanted)
        {
            if (!await known.RoleExistsAsync(role).ConfigureAwait(false))
            {
                await known.CreateAsync(new IdentityRole(role)).ConfigureAwait(false);
            }
        }

        var held = await users.GetRolesAsync(user).ConfigureAwait(false);
        var removed = await users.RemoveFromRolesAsync(user, held.Except(wanted, StringComparer.Ordinal)).ConfigureAwait(false);
        return removed.Succeeded
            ? await users.AddToRolesAsync(user, wanted.Except(held, StringComparer.Ordinal).Distinct(StringComparer.Ordinal)).ConfigureAwait(false)
            : removed;
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
