using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using TokenIssuer.Server.Audit;

namespace TokenIssuer.Server.Users;

/// <summary>The tables of ASP.NET Core Identity, the outbox of revocations, the lock-out and the audit log, the same on SQLite and PostgreSQL.</summary>
internal sealed class DirectoryContext(DbContextOptions<DirectoryContext> options) : IdentityDbContext<DirectoryUser>(options)
{
    public DbSet<AuditRow> AuditEvents => Set<AuditRow>();

    public DbSet<LoginPool> LoginPools => Set<LoginPool>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<DirectoryUser>(user => user.ToTable("Users"));
        builder.Entity<IdentityRole>(role => role.ToTable("Roles"));
        builder.Entity<IdentityUserRole<string>>(role => role.ToTable("UserRoles"));
        builder.Entity<IdentityUserClaim<string>>(claim => claim.ToTable("UserClaims"));
        builder.Entity<IdentityRoleClaim<string>>(claim => claim.ToTable("RoleClaims"));
        builder.Entity<IdentityUserLogin<string>>(login => login.ToTable("UserLogins"));
        builder.Entity<IdentityUserToken<string>>(token => token.ToTable("UserTokens"));
        builder.AddRevocationOutbox();
        builder.Entity<LoginPool>(pool => pool.HasKey(p => new { p.UserId, p.Address }));
        builder.Entity<AuditRow>(row => row.HasIndex(r => new { r.User, r.Id }));
    }

    // SQLite compares instants only as numbers.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MillisecondsConverter>();

    private sealed class MillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
