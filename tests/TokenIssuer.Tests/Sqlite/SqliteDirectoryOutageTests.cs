using TokenIssuer.Tests.Authority;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteDirectoryOutageTests : DirectoryOutageTests
{
    private protected override StoreUnderTest CreateStores() => new SqliteUnderTest();
}
