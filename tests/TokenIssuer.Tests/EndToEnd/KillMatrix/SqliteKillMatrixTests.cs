namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

[Collection(SqliteDeployment.Name)]
public sealed class SqliteKillMatrixTests(SqliteDeployment deployment)
{
    [Fact]
    public Task Every_trigger_kills_what_its_row_says_and_nothing_else() => KillMatrixWalk.WalkAsync(deployment.Processes);
}
