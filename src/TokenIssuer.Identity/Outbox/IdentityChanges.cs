using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Identity.SignIn;
using TokenIssuer.Revocation;

namespace TokenIssuer.Identity.Outbox;

/// <summary>
/// What in a save of the directory makes tokens invalid. It compares with the database, not with what was tracked: a user
/// that was loaded elsewhere and attached looks unchanged.
/// </summary>
internal sealed class IdentityChanges<TKey>(
    Rehashes rehashes, IOptions<IdentityOptions> identity, IOptions<IdentityRevocationOptions> options, TimeProvider clock)
    where TKey : IEquatable<TKey>
{
    private const string AuthenticatorKey = "AuthenticatorKey";

    /// <summary>Databases round instants, so that what was read back differs from what was written.</summary>
    private static readonly TimeSpan s_rounding = TimeSpan.FromSeconds(1);

    /// <summary>The lock-out was reckoned by Identity a moment ago, perhaps by another clock.</summary>
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(1);

    public IReadOnlyCollection<OutboxRow> Find(DbContext context, ISet<string> newborn)
    {
        var entries = context.ChangeTracker.Entries().ToList();
        var found = FindTracked(entries, newborn);
        foreach (var (entry, user) in ModifiedUsers(entries))
        {
            found.Add(user.Id, Judge(user, entry, entry.GetDatabaseValues()));
        }

        foreach (var role in ChangedRoles(entries))
        {
            found.AddHolders([.. HoldersOf(context, role)]);
        }

        return found.Rows;
    }

    public async Task<IReadOnlyCollection<OutboxRow>> FindAsync(DbContext context, ISet<string> newborn, CancellationToken cancellationToken)
    {
        var entries = context.ChangeTracker.Entries().ToList();
        var found = FindTracked(entries, newborn);
        foreach (var (entry, user) in ModifiedUsers(entries))
        {
            found.Add(user.Id, Judge(user, entry, await entry.GetDatabaseValuesAsync(cancellationToken).ConfigureAwait(false)));
        }

        foreach (var role in ChangedRoles(entries))
        {
            found.AddHolders(await HoldersOf(context, role).ToListAsync(cancellationToken).ConfigureAwait(false));
        }

        return found.Rows;
    }

    private static Findings FindTracked(List<EntityEntry> entries, ISet<string> newborn)
    {
        var found = new Findings(newborn);
        foreach (var entry in entries)
        {
            switch (entry.Entity, entry.State)
            {
                case (IdentityUser<TKey> user, EntityState.Added):
                    newborn.Add(Findings.Name(user.Id));
                    break;
                case (IdentityUser<TKey> user, EntityState.Deleted):
                    found.Add(user.Id, RevocationReason.UserDisabled);
                    break;
                case (IdentityUserToken<TKey> { Name: AuthenticatorKey } token, EntityState.Modified or EntityState.Deleted):
                    found.Add(token.UserId, RevocationReason.SecondFactorReset);
                    break;
                case (IdentityUserRole<TKey> role, EntityState.Added or EntityState.Deleted):
                    found.Add(role.UserId, RevocationReason.RolesChanged);
                    break;
                default:
                    break;
            }
        }

        return found;
    }

    private static IEnumerable<(EntityEntry Entry, IdentityUser<TKey> User)> ModifiedUsers(List<EntityEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry is { State: EntityState.Modified, Entity: IdentityUser<TKey> user })
            {
                yield return (entry, user);
            }
        }
    }

    /// <summary>Roles that are deleted or get another name: the database lets go of their holders by itself.</summary>
    private static IEnumerable<TKey> ChangedRoles(List<EntityEntry> entries) => entries
        .Where(entry => entry.Entity is IdentityRole<TKey>
            && (entry.State == EntityState.Deleted
                || (entry.State == EntityState.Modified && entry.Property(nameof(IdentityRole<TKey>.Name)).IsModified)))
        .Select(entry => ((IdentityRole<TKey>)entry.Entity).Id);

    private static IQueryable<TKey> HoldersOf(DbContext context, TKey roleId)
    {
        // The host may have a class of its own for it.
        var held = context.Model.GetEntityTypes().First(type => typeof(IdentityUserRole<TKey>).IsAssignableFrom(type.ClrType)).ClrType;
        var set = typeof(DbContext).GetMethod(nameof(DbContext.Set), [])?.MakeGenericMethod(held).Invoke(context, null);
        return ((IQueryable<IdentityUserRole<TKey>>?)set ?? Enumerable.Empty<IdentityUserRole<TKey>>().AsQueryable())
            .Where(role => role.RoleId.Equals(roleId))
            .Select(role => role.UserId);
    }

    private RevocationReason? Judge(IdentityUser<TKey> user, EntityEntry entry, PropertyValues? stored)
    {
        if (stored is null)
        {
            return null;
        }

        // The first password of a user opens a door; it shuts none.
        var hash = stored.GetValue<string?>(nameof(user.PasswordHash));
        if (hash is not null && hash != user.PasswordHash && !rehashes.IsRehash(user, user.PasswordHash))
        {
            return RevocationReason.PasswordChanged;
        }

        if (options.Value.DisablingProperties.Any(name => entry.Property(name).CurrentValue is true && stored[name] is not true)
            || IsLockedByAdministrator(user, stored))
        {
            return RevocationReason.UserDisabled;
        }

        return stored.GetValue<bool>(nameof(user.TwoFactorEnabled)) && !user.TwoFactorEnabled ? RevocationReason.SecondFactorReset : null;
    }

    private bool IsLockedByAdministrator(IdentityUser<TKey> user, PropertyValues stored)
    {
        var now = clock.GetUtcNow();
        if (!user.LockoutEnabled || user.LockoutEnd is not { } end || end <= now)
        {
            return false;
        }

        var wasEnabled = stored.GetValue<bool>(nameof(user.LockoutEnabled));
        if (wasEnabled && stored.GetValue<DateTimeOffset?>(nameof(user.LockoutEnd)) is { } before && end - before <= s_rounding)
        {
            return false;
        }

        // Failed attempts lock in one way: with the last one the count starts over, and the lock-out has its usual length.
        // Any stranger can bring that about, so it must not end a session.
        var lockout = identity.Value.Lockout;
        var isByFailures = user.AccessFailedCount == 0
            && stored.GetValue<int>(nameof(user.AccessFailedCount)) >= lockout.MaxFailedAccessAttempts - 1
            && end - now - s_clockTolerance <= lockout.DefaultLockoutTimeSpan;
        return !isByFailures;
    }

    /// <summary>One row for each user, with the reason that reaches furthest.</summary>
    private sealed class Findings(ISet<string> newborn)
    {
        private readonly Dictionary<string, RevocationReason> _reasons = new(StringComparer.Ordinal);

        public IReadOnlyCollection<OutboxRow> Rows => [.. _reasons.Select(found => new OutboxRow { User = found.Key, Reason = found.Value })];

        /// <summary>As Identity's stores write a key, which is what becomes the <c>sub</c>.</summary>
        public static string Name(TKey id) => id.ToString() ?? string.Empty;

        public void Add(TKey id, RevocationReason? reason)
        {
            var name = Name(id);

            // Who has a longer name than a subject can be has no tokens.
            if (reason is { } known && name.Length is > 0 and <= Subject.MaxLength && !newborn.Contains(name)
                && _reasons.GetValueOrDefault(name, RevocationReason.RolesChanged) == RevocationReason.RolesChanged)
            {
                _reasons[name] = known;
            }
        }

        public void AddHolders(IEnumerable<TKey> users)
        {
            foreach (var user in users)
            {
                Add(user, RevocationReason.RolesChanged);
            }
        }
    }
}
