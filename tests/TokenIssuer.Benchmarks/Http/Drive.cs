using System.Diagnostics;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>What one client does over and over: the next request, and a look at the answer.</summary>
internal interface IClientScript
{
    ReadOnlyMemory<byte> Next();

    void Heard(LaneAnswer answer);
}

/// <summary>One stretch of load.</summary>
/// <param name="PerSecond">Answers each second.</param>
/// <param name="MicrosecondsOfServer">Processor time of server and store for each answer.</param>
internal sealed record Stretch(double PerSecond, double MicrosecondsOfServer);

/// <summary>Lets clients ask one arm at once, each as fast as it is answered.</summary>
internal static class Drive
{
    public static async Task<Stretch> RunAsync(ArmProcess arm, ArmProcess? store, IReadOnlyList<IClientScript> clients, TimeSpan time)
    {
        var before = Spent(arm, store);
        var startedAt = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(clients.Select(client => Task.Run(() => AskOnAsync(arm.Port, client, startedAt, time))));
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        var answers = counts.Sum();
        return new Stretch(answers / elapsed.TotalSeconds, (Spent(arm, store) - before).TotalMicroseconds / answers);
    }

    private static async Task<long> AskOnAsync(int port, IClientScript client, long startedAt, TimeSpan time)
    {
        using var lane = new HttpLane(port);
        await lane.ConnectAsync();
        var count = 0L;
        while (Stopwatch.GetElapsedTime(startedAt) < time)
        {
            client.Heard(await lane.AskAsync(client.Next()));
            count++;
        }

        return count;
    }

    private static TimeSpan Spent(ArmProcess arm, ArmProcess? store) => arm.ProcessorTime + (store?.ProcessorTime ?? TimeSpan.Zero);
}
