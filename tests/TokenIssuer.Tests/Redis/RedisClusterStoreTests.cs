using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

public sealed class RedisClusterStoreTests(RedisCluster cluster) : TokenFamilyStoreTests, IClassFixture<RedisCluster>
{
    private protected override StoreUnderTest CreateStores() => new RedisStores(cluster.Addresses);
}
