namespace TokenIssuer.Tests.Server;

public sealed class SqliteUserAdministrationTests : UserAdministrationTests
{
    private protected override Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings) => DirectoryUnderTest.StartAsync(settings);
}
