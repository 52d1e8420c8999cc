using Microsoft.EntityFrameworkCore;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Server.Users;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

[Collection(PostgresServer.Name)]
public sealed class PostgresDirectoryStartTests(PostgresServer server) : DirectoryStartTests
{
    /// <summary>Every column, key and index, as PostgreSQL tells them.</summary>
    private const string Tables = """
        SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, is_identity, identity_generation) AS "Value"
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'SchemaVersion'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        """;

    [Fact]
    public async Task The_scripts_make_the_tables_of_the_model()
    {
        await using var directory = await StartAsync();
        var options = new DbContextOptionsBuilder<DirectoryContext>().UseNpgsql(await server.CreateDatabaseAsync()).Options;
        await using var model = new DirectoryContext(options);
        await model.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);

        var scripted = await directory.QueryAsync(ReadTablesAsync);
        var modelled = await ReadTablesAsync(model);

        Assert.Contains("RevocationOutbox Reason character varying 32 NO NO", scripted);
        Assert.Equal(modelled, scripted);
    }

    [Fact]
    public async Task Cold_starts_at_once_agree_on_tables_and_users()
    {
        var database = ("ConnectionStrings:Postgres", await server.CreateDatabaseAsync());

        var directories = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => DirectoryUnderTest.StartAsync(database))));

        try
        {
            var alices = await Task.WhenAll(directories.Select(directory => directory.FindAsync("alice")));
            Assert.Single(alices.Distinct());
            Assert.Equal(2, await directories[0].QueryAsync(context => context.Users.CountAsync()));
        }
        finally
        {
            foreach (var directory in directories)
            {
                await directory.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Two_issuers_see_one_user_and_one_audit_log()
    {
        var database = ("ConnectionStrings:Postgres", await server.CreateDatabaseAsync());
        await using var here = await DirectoryUnderTest.StartAsync(database);
        await using var there = await DirectoryUnderTest.StartAsync(database);
        var alice = await here.FindAsync("alice");

        await here.Users.ChangePasswordAsync(alice, DirectoryUnderTest.AlicesPassword, "another pot of tea", CancellationToken.None);
        await here.Audit.WriteAsync(new AuditEvent(AuditEventType.PasswordChanged, alice, null, Reason: "a \0 in it"), CancellationToken.None);

        Assert.Equal(CredentialVerdict.Correct, await there.LogInAsync("alice", "another pot of tea"));
        Assert.Equal("a \uFFFD in it", Assert.Single(await there.Audit.ReadAsync(null, alice, 10, CancellationToken.None)).Event.Reason);
        Assert.Empty(await there.Audit.ReadAsync(null, new Subject("a\0b"), 10, CancellationToken.None));
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_stops_the_start_with_a_sentence()
    {
        const string Address = "Host=127.0.0.1;Port=1;Database=users;Username=x;Password=hush-hush";

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => DirectoryUnderTest.StartAsync(("ConnectionStrings:Postgres", Address)));

        Assert.StartsWith("The user directory (ConnectionStrings:Postgres) can't be used: Failed to connect", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://localhost/users")]
    [InlineData("Host=127.0.0.1;Colour=red")]
    [InlineData("Host=127.0.0.1;Port=x")]
    public void An_address_in_another_form_is_explained(string address)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => DirectoryAddress.OfPostgres(address));

        Assert.StartsWith("ConnectionStrings:Postgres can't be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start_with_a_sentence()
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Password = "wrong" }.ToString();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => DirectoryUnderTest.StartAsync(("ConnectionStrings:Postgres", address)));

        Assert.Contains("password authentication failed", failure.Message, StringComparison.Ordinal);
    }

    private protected override Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings) => server.StartDirectoryAsync(settings);

    private protected override Task MakeNewerAsync(DirectoryUnderTest directory)
        => directory.QueryAsync(context => context.Database.ExecuteSqlRawAsync("UPDATE \"SchemaVersion\" SET \"Version\" = 99"));

    private static async Task<List<string>> ReadTablesAsync(DirectoryContext context)
        => [.. (await context.Database.SqlQueryRaw<string>(Tables).ToListAsync()).Order(StringComparer.Ordinal)];
}
