using System.Diagnostics;

namespace TokenIssuer.Tests.Redis;

/// <summary>Nothing waits for a thread that waits for it: the same tests pass in a process with a thread pool of two.</summary>
public sealed class TwoThreadTests
{
    [Theory]
    [InlineData(nameof(RedisNodesTests.Fifty_parallel_refreshes_over_two_issuers_yield_one_successor_each_round))]
    [InlineData(nameof(RedisNodesTests.A_kill_on_one_issuer_holds_on_every_issuer_and_every_api))]
    public async Task Two_threads_are_enough(string test)
    {
        var start = new ProcessStartInfo(
            Path.ChangeExtension(typeof(TwoThreadTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null),
            ["-noColor", "-method", $"{typeof(RedisNodesTests).FullName}.{test}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "2";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The tests did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, await output);
        Assert.Contains("Failed: 0", await output, StringComparison.Ordinal);
        Assert.DoesNotContain("Total: 0", await output, StringComparison.Ordinal);
    }
}
