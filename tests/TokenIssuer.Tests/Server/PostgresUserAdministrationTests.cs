namespace TokenIssuer.Tests.Server;

[Collection(PostgresServer.Name)]
public sealed class PostgresUserAdministrationTests(PostgresServer server) : UserAdministrationTests
{
    private protected override Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings) => server.StartDirectoryAsync(settings);
}
