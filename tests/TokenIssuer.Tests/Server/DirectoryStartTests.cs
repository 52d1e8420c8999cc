using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TokenIssuer.Server.Users;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public sealed class DirectoryStartTests
{
    [Fact]
    public async Task The_script_makes_the_tables_of_the_model()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        using var folder = new TemporaryFolder();
        var options = new DbContextOptionsBuilder<DirectoryContext>().UseSqlite($"Data Source={folder.PathOf("model.db")}").Options;
        await using var model = new DirectoryContext(options);
        await model.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);

        var scripted = await directory.QueryAsync(ReadTablesAsync);
        var modelled = await ReadTablesAsync(model);

        Assert.Contains(scripted, sql => sql.Contains("\"AuditEvents\"", StringComparison.Ordinal));
        Assert.Equal(modelled, scripted);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_durable()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();

        UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(directory.File);
        var settings = await directory.QueryAsync(context => context.Database
            .SqlQueryRaw<string>("SELECT journal_mode || ' ' || synchronous AS Value FROM pragma_journal_mode, pragma_synchronous").SingleAsync());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.Equal("wal 2", settings);
    }

    [Fact]
    public async Task A_second_start_leaves_users_as_they_are()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        var alice = await directory.FindAsync("alice");
        await directory.Users.ChangePasswordAsync(alice, DirectoryUnderTest.AlicesPassword, "another pot of tea", CancellationToken.None);

        await directory.StartAgainAsync();

        Assert.Equal(alice, await directory.FindAsync("alice"));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", "another pot of tea"));
    }

    [Fact]
    public async Task A_newer_directory_is_not_touched()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await directory.QueryAsync(context => context.Database.ExecuteSqlRawAsync("PRAGMA user_version = 99"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(directory.StartAgainAsync);

        Assert.Contains("schema version 99", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Users:Seed:0:Password", "short", "at least 8")]
    [InlineData("Users:Seed:0:Username", "client:x", "is invalid")]
    public async Task An_impossible_seed_stops_the_start_with_a_sentence(string key, string value, string reason)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => DirectoryUnderTest.StartAsync((key, value)));

        Assert.StartsWith("Users:Seed:", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=data/tokens.db", "data/users.db")]
    [InlineData("Data Source=/var/lib/ti/blue.sqlite", "/var/lib/ti/blue-users.sqlite")]
    public void The_directory_lies_beside_the_token_store(string tokens, string users)
        => Assert.Equal(users, new SqliteConnectionStringBuilder(DirectoryAddress.Beside(tokens)).DataSource);

    private static async Task<List<string>> ReadTablesAsync(DirectoryContext context)
    {
        var statements = await context.Database
            .SqlQueryRaw<string>("SELECT sql AS Value FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            .ToListAsync();
        return [.. statements.Select(sql => string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
    }
}
