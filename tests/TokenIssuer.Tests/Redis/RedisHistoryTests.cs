using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

public sealed class RedisHistoryTests(RedisServer server) : TokenFamilyStoreHistoryTests, IClassFixture<RedisServer>
{
    private protected override StoreUnderTest CreateStores() => new RedisStores(server.Process.Address);
}
