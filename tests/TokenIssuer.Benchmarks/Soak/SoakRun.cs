using System.Globalization;
using TokenIssuer.Benchmarks.Http;
using TokenIssuer.Benchmarks.Tokens;

namespace TokenIssuer.Benchmarks.Soak;

/// <summary>
/// A resource API under mixed load for minutes: good tokens, damaged, expired and strangers' ones, and noise. It must accept every
/// good one and no other, never answer 5xx, and not grow.
/// </summary>
internal static class SoakRun
{
    private const int Connections = 16;
    private const int DistinctTokens = 10_000;
    private const int Stretches = 5;
    private const double AllowedGrowth = 1.1;
    private const long AllowedNoise = 4 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var time = TimeSpan.FromMinutes(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 10);
        var folder = Directory.CreateTempSubdirectory("tokenissuer-soak-").FullName;
        try
        {
            await using var redis = await ArmProcess.StartRedisAsync(folder);
            await using var issuer = await ArmProcess.StartAsync("issuer-redis", folder, $"127.0.0.1:{redis.Port}", ArmSurroundings.IssuerPort);
            await using var api = await ArmProcess.StartAsync("tokenissuer", folder, $"127.0.0.1:{redis.Port}");
            var minter = new BenchmarkIssuer(Path.Combine(folder, "keys"));
            var good = minter.MintMany(DistinctTokens);
            var bad = new BadTokens(good, minter, new BenchmarkIssuer(Path.Combine(folder, "keys-of-a-stranger")));
            List<SoakClient> clients = [.. Enumerable.Range(0, Connections).Select(seed => new SoakClient(good, bad, seed, Connections))];

            // The first stretch is for the API to reach its size: every good token is in its cache by then. The others are to keep it.
            var heaps = new List<long>();
            for (var stretch = 0; stretch < Stretches; stretch++)
            {
                var load = await Drive.RunAsync(api, null, [.. clients], time / Stretches);
                heaps.Add(await api.ReadHeapAsync());
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{load.PerSecond:N0} requests/s, then {heaps[^1] / 1048576.0:F1} MB on the heap after a full collection, {api.WorkingSet >> 20} MB in all"));
            }

            return Report(clients, heaps) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Report(List<SoakClient> clients, List<long> heaps)
    {
        var faults = clients.SelectMany(client => client.Faults).ToList();
        var isSteady = heaps[^1] <= (heaps[0] * AllowedGrowth) + AllowedNoise;
        var isCovered = clients.TrueForAll(client => client.Good >= DistinctTokens / Connections);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{clients.Sum(client => client.Good):N0} good tokens accepted, {clients.Sum(client => client.Bad):N0} bad ones refused, {clients.Sum(client => client.Wrong):N0} wrong answers"));
        faults.ForEach(Console.WriteLine);
        Console.WriteLine(isSteady ? "The heap kept its size." : "The heap grew.");
        Console.WriteLine(isCovered ? "Every good token was used." : "The run was too short to use every good token.");
        return faults.Count == 0 && isSteady && isCovered;
    }
}
