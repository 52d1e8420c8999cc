using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace TokenIssuer.Tests.Identity;

/// <summary>The database of an application that had Identity before it had tokens of ours.</summary>
internal sealed class AppUsers(DbContextOptions<AppUsers> options) : IdentityDbContext<IdentityUser>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.AddRevocationOutbox();
    }
}
