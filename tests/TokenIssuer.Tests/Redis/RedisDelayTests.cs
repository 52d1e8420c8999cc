using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>From a revocation's acknowledgement to its refusal by the slower of two APIs, and the commands a rotation costs.</summary>
public sealed class RedisDelayTests(RedisServer server) : IClassFixture<RedisServer>, IDisposable
{
    private const int Revocations = 1000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_revocation_is_refused_by_every_api_soon_after_it_was_acknowledged()
    {
        var connection = $"{server.Process.Address},keyPrefix=delay,deadline=5000";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        await using var api = await ApiNode.StartAsync(connection);
        await using var secondApi = await ApiNode.StartAsync(connection);
        var delays = new List<double>(Revocations);
        for (var i = 0; i < Revocations; i++)
        {
            var session = new SessionId(new UserKey((UInt128)i), FamilyId.New());
            await issuer.Authority.RevokeAsync(new RevocationTarget.Session(session), RevocationReason.Administrator, TestContext.Current.CancellationToken);
            var acknowledged = TimeProvider.System.GetTimestamp();
            while (!api.Denylist.Lists(session) || !secondApi.Denylist.Lists(session))
            {
                await Task.Yield();
            }

            delays.Add(TimeProvider.System.GetElapsedTime(acknowledged).TotalMilliseconds);
        }

        delays.Sort();
        var (median, late) = (delays[Revocations / 2], delays[Revocations * 99 / 100]);
        TestContext.Current.TestOutputHelper?.WriteLine($"p50 {median:0.00} ms, p99 {late:0.00} ms, most {delays[^1]:0.00} ms");

        // The target is 100 ms, as measured in the results; a machine on which everything runs at once gets ten times that.
        Assert.True(late <= 1000, $"p50 {median:0.00} ms, p99 {late:0.00} ms.");
    }

    [Fact]
    public async Task A_rotation_is_one_command()
    {
        var connection = $"{server.Process.Address},keyPrefix=trips,deadline=5000";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        var answer = await issuer.LogInAsync("anna");
        answer = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.RefreshAsync(answer)).Answer;
        var before = await CountAsync();

        for (var i = 0; i < 100; i++)
        {
            answer = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.RefreshAsync(answer)).Answer;
        }

        Assert.Equal(100, await CountAsync() - before);
    }

    /// <summary>Scripts run so far; the follower and the keeper of the connection run none.</summary>
    private async Task<int> CountAsync()
    {
        var stats = await server.Process.AskAsync("INFO", "commandstats");
        return stats.Split('\n')
            .Where(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal) || line.StartsWith("cmdstat_eval:", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("calls=")[1].Split(',')[0]));
    }
}
