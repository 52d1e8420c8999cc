namespace TokenIssuer.Tests;

public sealed class SolutionTests
{
    [Fact]
    public void The_test_project_runs() => Assert.True(true);
}
