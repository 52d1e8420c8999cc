using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Tests.AspNetCore;

namespace TokenIssuer.Tests.Server;

/// <summary>Hashing passwords is dear, and whoever is signed in must not notice.</summary>
public sealed class LoginStormTests
{
    private const int Storm = 500;
    private const int LongestQueue = 128;

    [Fact]
    public async Task While_five_hundred_logins_wait_or_are_turned_away_refreshes_go_through()
    {
        await using var directory = await DirectoryUnderTest.StartAsync(("RateLimits:Enabled", "false"));
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Services = services => services.AddSingleton(directory.Users) });
        var session = await host.LogInForBodyAsync("alice", DirectoryUnderTest.AlicesPassword);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        directory.Work.MayHash = gate.Task;
        var logins = Enumerable.Range(0, Storm).Select(i => host.LogInForBodyAsync("alice", $"guess {i}")).ToList();
        var patient = Math.Max(1, Environment.ProcessorCount - 1) + LongestQueue;
        try
        {
            var turnedAway = await FirstAsync(logins, Storm - patient);
            for (var i = 0; i < 50; i++)
            {
                session = await host.RefreshByBodyAsync(session.RefreshToken);
                Assert.Equal(HttpStatusCode.OK, session.Status);
            }

            Assert.All(turnedAway, answer => Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "1"), (answer.Status, Assert.Single(answer.Header("Retry-After")))));
            Assert.Equal(patient, logins.Count(login => !login.IsCompleted));
        }
        finally
        {
            gate.SetResult();
        }

        var answers = await Task.WhenAll(logins);
        Assert.Equal(patient, answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized));
    }

    private static async Task<List<Answer>> FirstAsync(IEnumerable<Task<Answer>> logins, int count)
    {
        var (waiting, answers) = (logins.ToList(), new List<Answer>());
        while (answers.Count < count)
        {
            var answered = await Task.WhenAny(waiting);
            waiting.Remove(answered);
            answers.Add(await answered);
        }

        return answers;
    }
}
