using TokenIssuer.Families;
using TokenIssuer.Identity.Outbox;

#pragma warning disable IDE0130 // Model methods live where hosts look for them: beside ModelBuilder.
namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the outbox of revocations to a model.</summary>
public static class RevocationOutboxModelBuilderExtensions
{
    private const int MaxReason = 32;

    /// <summary>
    /// Adds the table <c>RevocationOutbox</c>, which <c>UseIdentity</c> needs beside the tables of Identity: what is to be
    /// revoked is written with the change itself, in one transaction. Call it in <c>OnModelCreating</c> and add a migration.
    /// </summary>
    /// <param name="builder">The model.</param>
    public static ModelBuilder AddRevocationOutbox(this ModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Entity<OutboxRow>(row =>
        {
            row.ToTable("RevocationOutbox");
            row.HasKey(r => r.Id);
            row.Ignore(r => r.Target);
            row.Property(r => r.User).HasMaxLength(Subject.MaxLength);
            row.Property(r => r.Reason).HasConversion<string>().HasMaxLength(MaxReason);
        });
    }
}
