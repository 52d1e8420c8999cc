using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TokenIssuer.Server.Users;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Server;

public sealed class SqliteDirectoryStartTests : DirectoryStartTests
{
    [Fact]
    public async Task The_scripts_make_the_tables_of_the_model()
    {
        await using var directory = await StartAsync();
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
        await using var directory = await StartAsync();

        UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(directory.File);
        var settings = await directory.QueryAsync(context => context.Database
            .SqlQueryRaw<string>("SELECT journal_mode || ' ' || synchronous AS Value FROM pragma_journal_mode, pragma_synchronous").SingleAsync());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.Equal("wal 2", settings);
    }

    [Theory]
    [InlineData("Data Source=data/tokens.db", "data/users.db")]
    [InlineData("Data Source=/var/lib/ti/blue.sqlite", "/var/lib/ti/blue-users.sqlite")]
    public void The_directory_lies_beside_the_token_store(string tokens, string users)
        => Assert.Equal(users, new SqliteConnectionStringBuilder(DirectoryAddress.Beside(tokens)).DataSource);

    private protected override Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings) => DirectoryUnderTest.StartAsync(settings);

    private protected override Task MakeNewerAsync(DirectoryUnderTest directory)
        => directory.QueryAsync(context => context.Database.ExecuteSqlRawAsync("PRAGMA user_version = 99"));

    private static async Task<List<string>> ReadTablesAsync(DirectoryContext context)
    {
        var statements = await context.Database
            .SqlQueryRaw<string>("SELECT sql AS Value FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            .ToListAsync();
        return [.. statements.Select(sql => string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
    }
}
