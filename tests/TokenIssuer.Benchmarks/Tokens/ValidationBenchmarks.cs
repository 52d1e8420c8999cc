using System.Security.Claims;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Diagnostics;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Benchmarks.Tokens;

/// <summary>Validating one of 10,000 tokens, asked for as popular things are (Zipf), the denylist with 10,000 entries included.</summary>
[MemoryDiagnoser]
public class ValidationBenchmarks : IDisposable
{
    private const int Tokens = 10_000;
    private const int Draws = 65_536;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenissuer-bench-").FullName;
    private readonly JsonWebTokenHandler _handler = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TokenValidationParameters _parameters;
    private readonly TokenGate _hot;
    private readonly TokenGate _cold;
    private readonly string[] _tokens;
    private readonly int[] _draws;
    private int _next;

    public ValidationBenchmarks()
    {
        var issuer = new BenchmarkIssuer(_folder);
        _tokens = issuer.MintMany(Tokens);
        _draws = DrawZipf();
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = BenchmarkIssuer.Name,
            ValidAudience = BenchmarkIssuer.Audience,
            IssuerSigningKeys = issuer.Ring.Keys.Select(key => key.Key.PublicKey),
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ClockSkew = TimeSpan.FromSeconds(10),
        };
        var denylist = new Denylist(TimeProvider.System);
        DenylistBenchmarks.Fill(denylist, 10_000);
        _hot = NewGate(issuer, denylist, cachedTokens: 16_384);
        _cold = NewGate(issuer, denylist, cachedTokens: 0);
        foreach (var token in _tokens)
        {
            _hot.JudgeAsync(token, default, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    [Benchmark(Baseline = true)]
    public async Task<bool> JsonWebTokenHandler() => (await _handler.ValidateTokenAsync(Next(), _parameters)).IsValid;

    [Benchmark]
    public async Task<bool> Cold() => await _cold.JudgeAsync(Next(), default, CancellationToken.None) is TokenVerdict.Accepted;

    [Benchmark]
    public async Task<bool> Hot() => await _hot.JudgeAsync(Next(), default, CancellationToken.None) is TokenVerdict.Accepted;

    /// <summary>With the principal that every request gets of its own.</summary>
    [Benchmark]
    public async Task<ClaimsPrincipal?> HotWithPrincipal()
        => await _hot.JudgeAsync(Next(), default, CancellationToken.None) is TokenVerdict.Accepted accepted ? accepted.Token.CreatePrincipal() : null;

    [GlobalCleanup]
    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private string Next() => _tokens[_draws[_next++ & (Draws - 1)]];

    private TokenGate NewGate(BenchmarkIssuer issuer, Denylist denylist, int cachedTokens)
    {
        var clock = TimeProvider.System;
        var rules = new TokenRules(BenchmarkIssuer.Audience, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), cachedTokens);
        var reader = new AccessTokenReader(new LocalIssuerKeys(issuer.Ring, issuer.Options, clock, NullLogger<LocalIssuerKeys>.Instance), rules, new VerifiedTokenCache(cachedTokens, clock));
        var feed = new SilentFeed();
        var metrics = new ValidationMetrics(
            _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), new RevocationFeedState(denylist, feed, rules.MaxStaleness));
        return new TokenGate(reader, denylist, feed, rules, metrics, clock, NullLogger<TokenGate>.Instance);
    }

    /// <summary>Draws with probability 1/rank.</summary>
    private static int[] DrawZipf()
    {
        var random = new Random(1);
        var sums = new double[Tokens];
        var sum = 0.0;
        for (var rank = 0; rank < Tokens; rank++)
        {
            sums[rank] = sum += 1.0 / (rank + 1);
        }

        var draws = new int[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            var found = Array.BinarySearch(sums, random.NextDouble() * sum);
            draws[draw] = Math.Min(Tokens - 1, found < 0 ? ~found : found);
        }

        return draws;
    }
}
