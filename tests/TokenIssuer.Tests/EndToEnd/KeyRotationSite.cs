using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Two issuers that share a folder of keys, the sample API, and one that knows nothing of us.</summary>
public sealed class KeyRotationSite : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly IssuerSite _site = new();
    private readonly List<IssuerProcess> _issuers = [];
    private readonly List<StockApi> _stockApis = [];
    private NotesApiProcess? _api;
    private StockApi? _stockApi;

    internal IReadOnlyList<IssuerProcess> Issuers => _issuers;

    /// <summary>Follows the second issuer; keys are rotated at the first.</summary>
    internal NotesApiProcess Api => _api ?? throw new InvalidOperationException("Not started.");

    internal StockApi StockApi => Volatile.Read(ref _stockApi) ?? throw new InvalidOperationException("Not renewed yet.");

    private string[] KeyFiles => Directory.GetFiles(_site.KeysFolder, "signing-*.pem");

    public async ValueTask InitializeAsync()
    {
        _issuers.Add(await IssuerProcess.StartAsync(_site));
        _issuers.Add(await IssuerProcess.StartAnotherAsync(_site));
        _api = await NotesApiProcess.StartAsync(_issuers[1]);
    }

    public async ValueTask DisposeAsync()
    {
        IEnumerable<IAsyncDisposable?> all = [.. _stockApis, _api, .. _issuers];
        foreach (var one in all.OfType<IAsyncDisposable>())
        {
            await one.DisposeAsync();
        }

        _site.Dispose();
    }

    /// <summary>For the keys, which are as old as their files.</summary>
    internal void LetADayPass()
    {
        foreach (var file in KeyFiles)
        {
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) - TimeSpan.FromHours(25));
        }
    }

    /// <summary>Waits until both issuers show the key that will sign next.</summary>
    internal Task<TimeSpan> UntilAnnouncedAsync()
    {
        var keys = KeyFiles.Length;
        return Eventually.TrueAsync(async () => await CountKeysAsync(_issuers[0]) == keys && await CountKeysAsync(_issuers[1]) == keys, s_patience);
    }

    /// <summary>JwtBearer reads the keys anew every twelve hours, which no test can wait for: in its place comes one that has just read them.</summary>
    internal async Task RenewStockApiAsync()
    {
        var renewed = await StockApi.StartAsync(_site.Issuer);
        _stockApis.Add(renewed);
        await renewed.GetAsync((await _issuers[0].Client.LogInAsync("bob", "correct-horse-2")).AccessToken);
        Volatile.Write(ref _stockApi, renewed);
    }

    private static async Task<int> CountKeysAsync(IssuerProcess issuer)
        => (await issuer.Client.Http.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json")).GetProperty("keys").GetArrayLength();
}
