using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

public sealed class RedisStoreTests(RedisServer server) : TokenFamilyStoreTests, IClassFixture<RedisServer>
{
    private protected override StoreUnderTest CreateStores() => new RedisStores(server.Process.Address);
}
