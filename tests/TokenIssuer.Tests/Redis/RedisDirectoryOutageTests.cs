using TokenIssuer.Tests.Authority;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

public sealed class RedisDirectoryOutageTests(RedisServer server) : DirectoryOutageTests, IClassFixture<RedisServer>
{
    private protected override StoreUnderTest CreateStores() => new RedisStores(server.Process.Address);
}
