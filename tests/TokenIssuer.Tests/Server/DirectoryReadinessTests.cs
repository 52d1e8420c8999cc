using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TokenIssuer.Tests.Server;

/// <summary>The directory is ready when users can be read and logins can be counted, and not because a connection answers.</summary>
public sealed class DirectoryReadinessTests
{
    [Fact]
    public async Task Without_its_tables_it_is_not_ready()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        var before = await directory.CheckAsync();
        await directory.QueryAsync(context => context.Database.ExecuteSqlRawAsync("ALTER TABLE Users RENAME TO Others"));

        var after = await directory.CheckAsync();

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (before.Status, after.Status));
        Assert.Equal("The user directory does not answer.", after.Description);
    }

    [Fact]
    public async Task A_file_of_garbage_is_not_ready()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await directory.CheckAsync()).Status);
        SqliteConnection.ClearAllPools();
        await using (var file = new FileStream(directory.File, FileMode.Open, FileAccess.Write))
        {
            await file.WriteAsync(Enumerable.Repeat((byte)0xFF, 20_000).ToArray(), TestContext.Current.CancellationToken);
        }

        Assert.Equal(HealthStatus.Unhealthy, (await directory.CheckAsync()).Status);
    }

    [Fact]
    public async Task While_somebody_keeps_the_write_lock_it_is_not_ready()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var somebody = new SqliteConnection($"Data Source={directory.File};Pooling=False");
        await somebody.OpenAsync(TestContext.Current.CancellationToken);
        await using (await somebody.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(HealthStatus.Unhealthy, (await directory.CheckAsync()).Status);
        }

        Assert.Equal(HealthStatus.Healthy, (await directory.CheckAsync()).Status);
    }
}
