using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.OpenConnections;

[Collection(SqliteDeployment.Name)]
public sealed class SqliteOpenConnectionTests(SqliteDeployment deployment) : OpenConnectionTests
{
    private protected override Deployment Processes => deployment.Processes;
}
