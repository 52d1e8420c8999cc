using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.OpenConnections;

[Collection(RedisDeployment.Name)]
public sealed class RedisOpenConnectionTests(RedisDeployment deployment) : OpenConnectionTests
{
    private protected override Deployment Processes => deployment.Processes;
}
