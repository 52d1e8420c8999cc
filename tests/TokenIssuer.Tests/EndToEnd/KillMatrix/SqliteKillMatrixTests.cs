namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

public sealed class SqliteKillMatrixTests(SqliteDeployment deployment) : IClassFixture<SqliteDeployment>
{
    [Fact]
    public Task Every_trigger_kills_what_its_row_says_and_nothing_else() => KillMatrixWalk.WalkAsync(deployment.Processes);
}
