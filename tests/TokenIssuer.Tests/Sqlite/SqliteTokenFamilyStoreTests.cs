using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteTokenFamilyStoreTests : TokenFamilyStoreTests
{
    private protected override StoreUnderTest CreateStores() => new SqliteUnderTest();
}
