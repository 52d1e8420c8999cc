using System.Globalization;
using TokenIssuer.Benchmarks.Tokens;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>
/// Whole requests over HTTP, arms interleaved in one run. What counts are the ratios: each round measures every arm, and the
/// median over the rounds is taken of the ratio within a round.
/// </summary>
internal static class HttpComparison
{
    private const int Connections = 32;
    private const int DistinctTokens = 10_000;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(12);

    public static async Task RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
        var time = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3);
        var folder = Directory.CreateTempSubdirectory("tokenissuer-bench-").FullName;
        await using (var redis = await ArmProcess.StartRedisAsync(folder))
        await using (var issuer = await ArmProcess.StartAsync("issuer-redis", folder, $"127.0.0.1:{redis.Port}", ArmSurroundings.IssuerPort))
        {
            await CompareApisAsync(folder, redis, rounds, time);
            await CompareRefreshesAsync(folder, redis, issuer, rounds, time);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task CompareApisAsync(string folder, ArmProcess redis, int rounds, TimeSpan time)
    {
        var address = $"127.0.0.1:{redis.Port}";
        var tokens = new BenchmarkIssuer(Path.Combine(folder, "keys")).MintMany(DistinctTokens);
        List<byte[]> requests = [.. tokens.Select(token => HttpLane.Get(ApiArms.Path, token))];
        await using var anonymous = await ArmProcess.StartAsync("anonymous", folder, address);
        await using var bearer = await ArmProcess.StartAsync("jwtbearer", folder, address);
        await using var looking = await ArmProcess.StartAsync("jwtbearer-redis", folder, address);
        await using var ours = await ArmProcess.StartAsync("tokenissuer", folder, address);
        List<Contender> contenders = [.. new[] { anonymous, bearer, looking, ours }.Select(arm => new Contender(
            arm, arm.Name == "jwtbearer-redis" ? redis : null, [.. Enumerable.Range(0, Connections).Select(lane => new NotesReader(requests, lane * 311))]))];
        await UntilAcceptedAsync(ours, requests[0]);
        await PrintAsync("Protected GET", "tokenissuer", contenders, rounds, time);
    }

    private static async Task CompareRefreshesAsync(string folder, ArmProcess redis, ArmProcess issuer, int rounds, TimeSpan time)
    {
        var address = $"127.0.0.1:{redis.Port}";
        await using var embedded = await ArmProcess.StartAsync("issuer-sqlite", folder, address);
        await using var ceiling = await ArmProcess.StartAsync("ceiling", folder, address);
        await using var identity = await ArmProcess.StartAsync("identity", folder, address);
        List<Contender> contenders =
        [
            new(issuer, redis, await ClientsAsync(number => Refresher.LogInAsync(issuer.Port, number))),
            new(embedded, null, await ClientsAsync(number => Refresher.LogInAsync(embedded.Port, number))),
            new(ceiling, redis, await ClientsAsync(_ => Task.FromResult(Refresher.Anything()))),
            new(identity, null, await ClientsAsync(number => Refresher.LogInToIdentityAsync(identity.Port, number))),
        ];
        await PrintAsync("Refresh", "issuer-redis", contenders, rounds, time);
    }

    private static async Task PrintAsync(string title, string subject, List<Contender> contenders, int rounds, TimeSpan time)
    {
        // Thrown away: until the runtime has compiled an arm for good, its compiler takes part of the processors.
        foreach (var contender in contenders)
        {
            await contender.DriveAsync(s_warmUp);
        }

        var measured = contenders.ToDictionary(contender => contender.Arm.Name, _ => new List<Stretch>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                measured[contender.Arm.Name].Add(await contender.DriveAsync(time));
            }
        }

        Console.WriteLine($"\n| {title}, {Connections} connections, {rounds} rounds of {time.TotalSeconds:0.#} s | requests/s | server and store, µs each | {subject} serves, times as many | for, times the processor time |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var (name, stretches) in measured)
        {
            var faster = Median(measured[subject].Zip(stretches, (own, other) => own.PerSecond / other.PerSecond));
            var cheaper = Median(measured[subject].Zip(stretches, (own, other) => own.MicrosecondsOfServer / other.MicrosecondsOfServer));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {Median(stretches.Select(one => one.PerSecond)):N0} | {Median(stretches.Select(one => one.MicrosecondsOfServer)):0} | {faster:0.00} | {cheaper:0.00} |"));
        }
    }

    private static async Task<List<IClientScript>> ClientsAsync(Func<int, Task<Refresher>> start)
    {
        List<IClientScript> clients = [];
        for (var number = 0; number < Connections; number++)
        {
            clients.Add(await start(number));
        }

        return clients;
    }

    /// <summary>The API answers 503 until it has keys and revocations.</summary>
    private static async Task UntilAcceptedAsync(ArmProcess arm, byte[] request)
    {
        using var lane = new HttpLane(arm.Port);
        await lane.ConnectAsync();
        while ((await lane.AskAsync(request)).Status != 200)
        {
            await Task.Delay(100);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private sealed record Contender(ArmProcess Arm, ArmProcess? Store, IReadOnlyList<IClientScript> Clients)
    {
        public Task<Stretch> DriveAsync(TimeSpan time) => Drive.RunAsync(Arm, Store, Clients, time);
    }
}
