using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteHistoryTests : TokenFamilyStoreHistoryTests
{
    private protected override StoreUnderTest CreateStores() => new SqliteUnderTest();
}
