using System.Globalization;
using System.Text;
using TokenIssuer.Benchmarks.Http;
using TokenIssuer.Benchmarks.Tokens;

namespace TokenIssuer.Benchmarks.Soak;

/// <summary>
/// A resource API under mixed load for minutes: good tokens, damaged ones, strangers' and noise. It must accept every good one and
/// no other, never answer 5xx, and not grow.
/// </summary>
internal static class SoakRun
{
    private const int Connections = 16;
    private const int DistinctTokens = 10_000;
    private const double AllowedGrowth = 1.5;

    public static async Task<int> RunAsync(string[] args)
    {
        var time = TimeSpan.FromMinutes(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 10);
        var folder = Directory.CreateTempSubdirectory("tokenissuer-soak-").FullName;
        try
        {
            await using var redis = await ArmProcess.StartRedisAsync(folder);
            await using var issuer = await ArmProcess.StartAsync("issuer-redis", folder, $"127.0.0.1:{redis.Port}", ArmSurroundings.IssuerPort);
            await using var api = await ArmProcess.StartAsync("tokenissuer", folder, $"127.0.0.1:{redis.Port}");
            var tokens = new BenchmarkIssuer(Path.Combine(folder, "keys")).MintMany(DistinctTokens);
            List<SoakClient> clients = [.. Enumerable.Range(0, Connections).Select(seed => new SoakClient(tokens, seed))];

            // A tenth of the time to reach its size, the rest to keep it.
            await Drive.RunAsync(api, null, [.. clients], time / 10);
            clients.ForEach(client => client.StartCounting());
            var before = api.WorkingSet;
            var stretch = await Drive.RunAsync(api, null, [.. clients], time * 0.9);
            var after = api.WorkingSet;

            var (good, bad, faults) = (clients.Sum(client => client.Good), clients.Sum(client => client.Bad), clients.SelectMany(client => client.Faults).Take(10).ToList());
            var grown = (double)after / before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{good:N0} good tokens accepted, {bad:N0} bad ones refused, {stretch.PerSecond:N0} requests/s, memory {before >> 20} MB -> {after >> 20} MB"));
            faults.ForEach(Console.WriteLine);
            return faults.Count == 0 && grown < AllowedGrowth ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sends a good token and a bad one in turn.</summary>
    private sealed class SoakClient(string[] tokens, int seed) : IClientScript
    {
        private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/";

        private readonly Random _random = new(seed);
        private bool _isGood;
        private string _sent = string.Empty;

        public long Good { get; private set; }

        public long Bad { get; private set; }

        public List<string> Faults { get; } = [];

        public void StartCounting() => (Good, Bad) = (0, 0);

        public ReadOnlyMemory<byte> Next()
        {
            _isGood = !_isGood;
            var token = tokens[_random.Next(tokens.Length)];
            _sent = _isGood ? token : Damage(token);
            return HttpLane.Get(ApiArms.Path, _sent);
        }

        public void Heard(LaneAnswer answer)
        {
            if (answer.Status != (_isGood ? 200 : 401))
            {
                Faults.Add($"{(_isGood ? "good" : "bad")} token answered {answer.Status}: {_sent}");
            }

            _ = _isGood ? Good++ : Bad++;
        }

        private string Damage(string token) => _random.Next(5) switch
        {
            0 => token[.._random.Next(token.Length - 1)] + "A",
            1 => Flip(token, _random.Next(token.Length)),
            2 => token + Alphabet[_random.Next(Alphabet.Length)],
            3 => Swap(token, tokens[_random.Next(tokens.Length)]),
            _ => new string([.. Enumerable.Range(0, _random.Next(1, 900)).Select(_ => Alphabet[_random.Next(Alphabet.Length)])]),
        };

        private string Flip(string token, int at)
        {
            var text = new StringBuilder(token);
            do
            {
                text[at] = Alphabet[_random.Next(64)];
            }
            while (text[at] == token[at]);

            return text.ToString();
        }

        /// <summary>The claims of one token under the signature of another.</summary>
        private static string Swap(string token, string other)
            => token == other ? token + "A" : string.Concat(token.AsSpan(0, token.LastIndexOf('.')), other.AsSpan(other.LastIndexOf('.')));
    }
}
